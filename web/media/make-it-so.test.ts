import { expect, test } from 'vitest';
import { MakeItSo } from './make-it-so.ts';

/** An apply that waits until the test lets it go. */
function slow() {
  const started: number[] = [];
  const open: (() => void)[] = [];
  const apply = (n: number) =>
    new Promise<void>((resolve) => {
      started.push(n);
      open.push(resolve);
    });
  return { apply, started, finish: () => open.shift()?.() };
}

const turn = () => new Promise((resolve) => setTimeout(resolve));

test('only one change runs at a time, and the newest wish wins', async () => {
  const work = slow();
  const so = new MakeItSo(work.apply);
  void so.want(1);
  await turn();
  void so.want(2);
  const done = so.want(3);
  await turn();
  expect(work.started).toEqual([1]);
  work.finish();
  await turn();
  expect(work.started).toEqual([1, 3]);
  work.finish();
  await done;
  expect(so.busy).toBe(false);
});

test('a wish that fails is told; a later one still works', async () => {
  let fails = true;
  const so = new MakeItSo<string>(async () => {
    if (fails) throw new Error('no');
  });
  await expect(so.want('a')).rejects.toThrow('no');
  fails = false;
  await expect(so.want('b')).resolves.toBeUndefined();
});

test('a failure that a newer wish has overtaken is not reported', async () => {
  const so = new MakeItSo<string>(async (wish) => {
    await turn();
    if (wish === 'a') throw new Error('no');
  });
  const first = so.want('a');
  await Promise.resolve();
  await Promise.resolve();
  const second = so.want('b');
  await expect(first).resolves.toBeUndefined();
  await expect(second).resolves.toBeUndefined();
});

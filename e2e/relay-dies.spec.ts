import { expect } from '@playwright/test';
import { test } from './support/journey.ts';
import { allHearAgain, measure, watch, withinLimits } from './support/listening.ts';
import { storedEvents } from './support/relay-query.ts';
import { conversation } from './support/scenes.ts';
import { stackForThisFile } from './support/stack.ts';

const stack = stackForThisFile();
// Each may try three times, and waits for what takes a machine under load longer.
test.describe.configure({ timeout: 300_000 });

test('the relay is killed and comes back: no audio is lost, nothing published is lost, and the chat goes on', async ({
  people,
}) => {
  const { nest, ann, ben, cleo, ears } = await conversation(people, stack());
  const write = async (text: string): Promise<void> => {
    await ann.page.getByRole('textbox', { name: 'Message' }).fill(text);
    await ann.page.getByRole('button', { name: 'Send' }).click();
  };
  await write('before it fell');
  for (const { page } of [ben, cleo]) await expect(page.getByText('before it fell').first()).toBeVisible();
  const stored = () => storedEvents(stack().relayUrl, { kinds: [0, 1311] });
  const before = await stored();
  expect(before.map(({ kind }) => kind).sort()).toEqual([0, 0, 1311]);

  await withinLimits('relay killed', { gapMs: 60, doublingMs: 20 }, async () => {
    const watches = await watch(ears);
    await stack().kill('relay');
    await expect.poll(() => stored().catch(() => []), { timeout: 20_000 }).toEqual(before);
    await allHearAgain(watches, { steadyS: 3 });
    return measure(watches);
  });
  const nests = await storedEvents(stack().relayUrl, { kinds: [30312], '#d': [nest.id] });
  expect(nests).toHaveLength(1);

  await expect(async () => {
    await write('and after');
    for (const { page } of [ben, cleo]) {
      await expect(page.getByText('and after').first()).toBeVisible({ timeout: 10_000 });
    }
  }).toPass({ timeout: 60_000 });
});

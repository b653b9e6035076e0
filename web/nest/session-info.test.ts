import { expect, test } from 'vitest';

import { noAnswer } from './testing/fake-api.ts';
import { settle } from './testing/fake-clock.ts';
import { HOST, join, ME, World } from './testing/world.ts';

function withNest(): World {
  const world = new World(ME);
  world.api.put({ id: 'nest', host: HOST, createdAt: world.clock.now() - 60_000 });
  return world;
}

test('a session from yesterday hides nothing that everybody may know', async () => {
  const world = withNest();
  await (await world.enter()).close();
  world.api.deadSessions.add('session-1');
  const session = await world.open();
  expect(session.$info.get()).toMatchObject({ host: HOST });
  expect(world.tab.get('nests:session:nest')).toBeNull();
});

test('a question without an answer does not make known things unknown', async () => {
  const world = withNest();
  const session = await world.enter();
  world.api.setback('info', noAnswer());
  world.api.restartNow('nest');
  await settle();
  expect(world.media.only.room).toBe('nest:2');
  expect(session.$info.get()).toMatchObject({ host: HOST });
});

test('what could not be learned before joining is learned inside', async () => {
  const world = withNest();
  await (await world.enter()).close();
  world.api.setback('info', noAnswer());
  const session = await world.open();
  expect(session.$info.get()).toBeNull();
  await join(session);
  expect(session.$info.get()).toMatchObject({ host: HOST });
});

test('a nest that the server does not know is not remembered as known', async () => {
  const world = withNest();
  const session = await world.enter();
  world.api.nests.delete('nest');
  world.media.only.end('duplicate');
  void session.$retry.get()?.();
  await settle();
  expect(session.$info.get()).toBeNull();
});

test('details: when the nest was made is what the server says, however often its event was published since', async () => {
  const world = withNest();
  world.nostr.announce(HOST, { roomId: 'nest', now: world.nowS - 5 });
  const session = await world.open();
  const stop = session.$details.subscribe(() => undefined);
  await settle();
  expect(session.$details.get()).toMatchObject({ createdAt: world.nowS - 60, ageS: 60, event: true });
  stop();
});

test('details: what is there is looked at while the nest is starting, too, and nothing is younger than now', async () => {
  const world = new World(ME);
  world.nostr.announce(HOST, { roomId: 'nest', now: world.nowS + 900, starts: world.nowS + 900 });
  const session = await world.open({ hostHint: HOST });
  await join(session);
  expect(session.$phase.get()).toBe('starting');
  const stop = session.$details.subscribe(() => undefined);
  await settle();
  expect(session.$details.get()).toMatchObject({
    record: false,
    room: false,
    createdAt: world.nowS,
    ageS: 0,
  });
  stop();
});

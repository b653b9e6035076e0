import { expect, test } from 'vitest';

import { noAnswer } from './testing/fake-api.ts';
import { settle } from './testing/fake-clock.ts';
import { HOST, join, ME, World } from './testing/world.ts';

/** The host ends the nest and says so on its relays. */
async function end(world: World): Promise<void> {
  world.api.change('nest', { status: 'ended' });
  world.nostr.announce(HOST, { roomId: 'nest', now: world.nowS, status: 'closed' });
  await settle();
}

/** The host restarts the ended nest under the same id; its feed is closed, so only the event tells. */
async function reopen(world: World): Promise<void> {
  world.api.put({ id: 'nest', host: HOST, generation: 2, restartedAt: 1 });
  world.nostr.announce(HOST, { roomId: 'nest', now: world.nowS + 1 });
  await settle();
}

async function inTheNest() {
  const world = new World(ME);
  world.api.put({ id: 'nest', host: HOST });
  world.nostr.announce(HOST, { roomId: 'nest', now: world.nowS - 600 });
  return { world, session: await world.enter() };
}

test('an ended nest that its host opens again takes everybody along who was in', async () => {
  const { world, session } = await inTheNest();
  await end(world);
  expect(session.$phase.get()).toBe('ended');
  expect(session.$error.get()).toMatchObject({ code: 'ended', action: 'retry' });
  await reopen(world);
  expect(session.$phase.get()).toBe('in');
  expect(session.$error.get()).toBeNull();
  expect(world.media.only.room).toBe('nest:2');
  expect(session.$info.get()?.status).toBe('active');
});

test('who had only looked at the ended nest may come in, but is not dragged in', async () => {
  const world = new World(ME);
  world.api.put({ id: 'nest', host: HOST, status: 'ended' });
  const session = await world.open({ hostHint: HOST });
  expect(session.$phase.get()).toBe('ended');
  await reopen(world);
  expect(session.$phase.get()).toBe('idle');
  expect(session.$join.get()).not.toBeNull();
  expect(world.media.tries).toEqual([]);
});

test('who left before the end is not dragged in either', async () => {
  const { world, session } = await inTheNest();
  await session.$leave.get()?.();
  await end(world);
  await reopen(world);
  expect(session.$phase.get()).toBe('idle');
});

test('an event that says open opens nothing: the server decides', async () => {
  const { world, session } = await inTheNest();
  await end(world);
  world.nostr.announce(HOST, { roomId: 'nest', now: world.nowS + 1 });
  await settle();
  expect(session.$phase.get()).toBe('ended');
  expect(world.media.open).toEqual([]);
});

test('joining a nest that has not begun is no error: the page says so, and lets in when it has', async () => {
  const world = new World(ME);
  world.api.put({ id: 'nest', host: HOST, status: 'planned', generation: 0 });
  world.api.setback('info', noAnswer(), noAnswer());
  const session = await world.open();
  await join(session);
  expect(session.$phase.get()).toBe('idle');
  expect(session.$error.get()).toBeNull();
  expect(session.$info.get()?.status).toBe('planned');
  expect(session.$join.get()).toBeNull();
  world.api.put({ id: 'nest', host: HOST });
  world.api.change('nest', { status: 'active' });
  await settle();
  await join(session);
  expect(session.$phase.get()).toBe('in');
});

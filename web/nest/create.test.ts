import { expect, test } from 'vitest';

import { createNest } from './create.ts';
import type { CreateProgress, NestForm } from './task-types.ts';
import { apiError } from './testing/fake-api.ts';
import { HOST, World } from './testing/world.ts';

const form: NestForm = {
  title: 'Evening',
  hashtags: ['Music'],
  relays: ['wss://one.test', 'wss://two.test'],
  hlsStream: false,
  access: 'public',
  guests: true,
};

test('the room first, then each relay, then ready; every step is shown', async () => {
  const world = new World(HOST);
  const seen: string[] = [];
  const creation = createNest(form, world.ports);
  creation.$progress.listen(({ room, relays, ready }: CreateProgress) =>
    seen.push([room, ...relays.map(({ state }) => state), ready].join(' ')),
  );
  const done = await creation.done;
  expect(seen).toEqual([
    'done waiting waiting waiting',
    'done working working waiting',
    'done done done waiting',
    'done done done done',
  ]);
  expect(done).toMatchObject({ roomId: 'made', announced: true, address: { host: HOST, d: 'made' } });
  expect(world.nostr.sent[0]?.tags).toContainEqual(['d', 'made']);
  expect(world.nostr.sent[0]?.tags).toContainEqual(['t', 'music']);
});

test('a relay that refuses is named and stops nothing', async () => {
  const world = new World(HOST);
  world.nostr.deaf.add('wss://one.test');
  const done = await createNest(form, world.ports).done;
  expect(done.relays).toEqual([
    { relay: 'wss://one.test', state: 'failed', message: 'blocked' },
    { relay: 'wss://two.test', state: 'done' },
  ]);
  expect(done).toMatchObject({ ready: 'done', announced: true });
});

test('no relay at all: the nest is there, and everybody is told that nobody was', async () => {
  const world = new World(HOST);
  for (const relay of form.relays) world.nostr.deaf.add(relay);
  expect(await createNest(form, world.ports).done).toMatchObject({ ready: 'done', announced: false });
});

test('a signer that refuses the announcement is no fault of the relays', async () => {
  const world = new World(HOST);
  const account = { pubkey: HOST, sign: () => Promise.reject(new Error('no')) };
  const done = await createNest(form, { ...world.ports, account }).done;
  expect(done.relays).toEqual(
    form.relays.map((relay) => ({ relay, state: 'failed', messageKey: 'create:relayUnsigned' })),
  );
  expect(done).toMatchObject({ ready: 'done', announced: false });
});

test('the server refuses: nothing is announced', async () => {
  const world = new World(HOST);
  world.api.setback('create', apiError('rate_limited', 60));
  const done = await createNest(form, world.ports).done;
  expect(done).toMatchObject({ room: 'failed', ready: 'failed', roomId: null });
  expect(done.failure).toMatchObject({ code: 'rate_limited', details: { retryAfterS: 60 } });
  expect(world.nostr.sent).toEqual([]);
});

test('a planned nest says when', async () => {
  const world = new World(HOST);
  const starts = world.nowS + 3_600;
  await createNest({ ...form, starts }, world.ports).done;
  expect(world.nostr.sent[0]?.tags).toContainEqual(['status', 'planned']);
  expect(world.nostr.sent[0]?.tags).toContainEqual(['starts', String(starts)]);
});

test('whoever made it goes in without asking the signer again', async () => {
  const world = new World(HOST);
  await createNest(form, world.ports).done;
  const session = await world.enter({ roomId: 'made' });
  expect(session.$phase.get()).toBe('in');
  expect(world.api.calls).not.toContain('join made');
});

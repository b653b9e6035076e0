import { expect, test } from 'vitest';

import { SigningError } from '../api/error.ts';
import type { LinkPerson } from '../media/media-types.ts';
import { apiError } from './testing/fake-api.ts';
import { settle } from './testing/fake-clock.ts';
import { HOST, OTHER, World } from './testing/world.ts';

const person = (pubkey: string, isMe = false): LinkPerson => ({
  identity: `${pubkey}:1`,
  pubkey,
  role: null,
  joinedAt: 0,
  microphone: 'none',
  speaking: false,
  isMe,
});

/** The host's nest with one listener in it. */
async function hosting() {
  const world = new World(HOST);
  world.api.put({ id: 'nest', host: HOST, speakers: [HOST] });
  const session = await world.enter();
  await settle();
  world.media.only.$people.set([person(HOST, true), person(OTHER)]);
  const [listener] = session.$audience.get();
  if (!listener) throw new Error('nobody listens');
  return { world, session, listener };
}

test('a ban that the server refused is no ban: it says no, why, and offers nothing to lift', async () => {
  const { world, session, listener } = await hosting();
  world.api.setback('remove', apiError('rate_limited'));
  expect(await session.moderation(listener).ban?.()).toBe(false);
  expect(session.moderation(listener).liftBan).toBeNull();
  expect(session.$notice.get()).toMatchObject({
    code: 'moderation_failed',
    values: { code: 'rate_limited' },
  });

  expect(await session.moderation(listener).ban?.()).toBe(true);
  expect(session.moderation(listener).liftBan).not.toBeNull();
});

test('a ban that could not be lifted stands, and can be lifted again', async () => {
  const { world, session, listener } = await hosting();
  await session.moderation(listener).ban?.();
  world.api.setback('liftBan', new SigningError('no'));
  expect(await session.moderation(listener).liftBan?.()).toBe(false);
  expect(session.$notice.get()).toMatchObject({ values: { code: 'signer_refused' } });
  expect(await session.moderation(listener).liftBan?.()).toBe(true);
  expect(session.moderation(listener).liftBan).toBeNull();
});

test('every other deed says whether it was done', async () => {
  const { world, session, listener } = await hosting();
  world.api.setback('permissions', apiError('stage_full'));
  expect(await session.moderation(listener).invite?.()).toBe(false);
  expect(await session.moderation(listener).invite?.()).toBe(true);
  expect(await session.moderation(listener).remove?.()).toBe(true);
});

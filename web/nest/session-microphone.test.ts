import { expect, test } from 'vitest';

import type { NestSession } from './session-types.ts';
import { settle } from './testing/fake-clock.ts';
import { fakeTrack } from './testing/fake-media.ts';
import { HOST, ME, World } from './testing/world.ts';

async function onStage() {
  const world = new World();
  world.api.put({ id: 'nest', host: HOST, speakers: [HOST, ME] });
  const session = await world.enter();
  await settle();
  return { world, session };
}

test('the browser refuses the microphone: said, still on the stage, and another click asks again', async () => {
  const { world, session } = await onStage();
  world.media.microphone.answer = 'refused';
  await session.$toggleMicrophone.get()?.();
  expect(session.$microphone.get()).toMatchObject({ actual: 'off', problem: 'refused', syncing: false });
  world.media.microphone.answer = null;
  await session.$toggleMicrophone.get()?.();
  expect(session.$microphone.get()).toMatchObject({ actual: 'live', problem: null });
  expect(world.media.microphone.asked).toBe(2);
});

test('speakers enter without a microphone; the first unmute asks', async () => {
  const { world, session } = await onStage();
  expect(session.$invitation.get()).toBeNull();
  expect(session.$microphone.get().actual).toBe('off');
  expect(world.media.microphone.asked).toBe(0);
  await session.$toggleMicrophone.get()?.();
  expect(session.$microphone.get().actual).toBe('live');
});

test('muting shuts the gate before anything is awaited', async () => {
  const { world, session } = await onStage();
  await session.$toggleMicrophone.get()?.();
  void session.$toggleMicrophone.get()?.();
  expect(world.media.only.sent.at(-1)).toMatchObject({ live: false });
  await settle();
  expect(session.$microphone.get()).toMatchObject({ desired: 'muted', actual: 'muted', syncing: false });
});

test('mute, unmute, mute in one breath ends muted', async () => {
  const { session } = await onStage();
  await session.$toggleMicrophone.get()?.();
  for (let i = 0; i < 5; i++) void session.$toggleMicrophone.get()?.();
  await settle();
  expect(session.$microphone.get()).toMatchObject({ desired: 'muted', actual: 'muted' });
});

test('hold to talk is heard while held', async () => {
  const { session } = await onStage();
  session.$holdToTalk.get()?.(true);
  await settle();
  expect(session.$microphone.get().actual).toBe('live');
  session.$holdToTalk.get()?.(false);
  await settle();
  expect(session.$microphone.get().actual).toBe('muted');
});

test.each(['muted', 'live'] as const)('a restart keeps a %s microphone as it is', async (wish) => {
  const { world, session } = await onStage();
  await session.$toggleMicrophone.get()?.();
  if (wish === 'muted') await session.$toggleMicrophone.get()?.();
  world.api.restartNow('nest');
  await world.clock.pass(6_000);
  expect(world.media.only.room).toBe('nest:2');
  expect(world.media.only.sent.map(({ live }) => live)).toEqual([wish === 'live']);
  expect(session.$microphone.get().actual).toBe(wish);
  expect(world.media.microphone.asked).toBe(1);
});

test('a lost connection does not unmute either', async () => {
  const { world, session } = await onStage();
  await session.$toggleMicrophone.get()?.();
  await session.$toggleMicrophone.get()?.();
  world.media.only.end('lost');
  await world.clock.pass(2_000);
  expect(world.media.only.sent.some(({ live }) => live)).toBe(false);
  expect(session.$microphone.get().actual).toBe('muted');
});

test("a host's mute becomes one's own wish, and can be undone by oneself", async () => {
  const { world, session } = await onStage();
  await session.$toggleMicrophone.get()?.();
  world.media.only.muteByServer();
  await settle();
  expect(session.$microphone.get()).toMatchObject({ desired: 'muted', actual: 'muted' });
  expect(session.$notice.get()?.code).toBe('muted_by_host');
  await session.$toggleMicrophone.get()?.();
  expect(session.$microphone.get().actual).toBe('live');
});

test('demoted: the microphone goes off for good, and it is said', async () => {
  const { world, session } = await onStage();
  await session.$toggleMicrophone.get()?.();
  world.api.change('nest', { speakers: [HOST] });
  await settle();
  expect(session.$notice.get()?.code).toBe('to_audience');
  expect(session.$microphone.get()).toMatchObject({ desired: 'off', actual: 'off' });
  expect(world.media.microphone.$track.get()).toBeNull();
  expect(session.$toggleMicrophone.get()).toBeNull();
});

test('a microphone that LiveKit did not take is a problem that is said; Unmute tries again', async () => {
  const { world, session } = await onStage();
  world.media.only.refusesToSend = true;
  await session.$toggleMicrophone.get()?.();
  expect(session.$microphone.get()).toMatchObject({ desired: 'muted', actual: 'muted', problem: 'failed' });
  world.media.only.refusesToSend = false;
  await session.$toggleMicrophone.get()?.();
  expect(session.$microphone.get()).toMatchObject({ desired: 'live', actual: 'live', problem: null });
});

test('nobody who was told that they are not heard is heard by the next connection', async () => {
  const { world, session } = await onStage();
  world.media.only.refusesToSend = true;
  await session.$toggleMicrophone.get()?.();
  world.media.only.end('lost');
  await world.clock.pass(2_000);
  expect(world.media.only.sent.some(({ live }) => live)).toBe(false);
  expect(session.$microphone.get().actual).toBe('muted');
});

test('a connection that breaks on the way takes the wish to the next one, and nothing else is said meanwhile', async () => {
  const { world, session } = await onStage();
  const link = world.media.only;
  link.refusesToSend = true;
  link.breaksBy = 'lost';
  await session.$toggleMicrophone.get()?.();
  expect(session.$microphone.get()).toMatchObject({ desired: 'live', problem: null, syncing: true });
  await world.clock.pass(2_000);
  expect(session.$microphone.get()).toMatchObject({ desired: 'live', actual: 'live', problem: null });
});

test('an unplugged microphone is said; the next one is heard only after Unmute', async () => {
  const { world, session } = await onStage();
  await session.$toggleMicrophone.get()?.();
  world.media.microphone.$problem.set('missing');
  world.media.microphone.$track.set(null);
  expect(session.$microphone.get()).toMatchObject({ desired: 'muted', actual: 'off', problem: 'missing' });
  world.media.microphone.$problem.set(null);
  world.media.microphone.$track.set(fakeTrack('another'));
  await settle();
  expect(session.$microphone.get().actual).toBe('muted');
  await session.$toggleMicrophone.get()?.();
  expect(session.$microphone.get()).toMatchObject({ desired: 'live', actual: 'live', problem: null });
});

test('while everybody moves, whoever is heard in the old room is shown as heard', async () => {
  const { world, session } = await onStage();
  await session.$toggleMicrophone.get()?.();
  world.media.player.handedOver = () => new Promise(() => undefined);
  world.api.restartNow('nest');
  await settle();
  const [old, next] = world.media.open;
  next?.$sending.set('none');
  expect(old?.$sending.get()).toBe('live');
  expect(session.$microphone.get().actual).toBe('live');
  void session.$toggleMicrophone.get()?.();
  await settle();
  expect(session.$microphone.get().actual).toBe('muted');
  expect(old?.sent.at(-1)?.live).toBe(false);
});

/** Unmuted, and the browser still asks whether it may. */
async function asking() {
  const { world, session } = await onStage();
  let answer: () => void = () => undefined;
  world.media.microphone.prompt = new Promise((resolve) => (answer = resolve));
  void session.$toggleMicrophone.get()?.();
  await settle();
  expect(session.$microphone.get()).toMatchObject({ desired: 'live', actual: 'off', syncing: true });
  return { world, session, answer };
}

const goings = [
  ['Leave', async (session: NestSession) => session.$leave.get()?.()],
  ['leaving the page', async (session: NestSession) => session.close()],
] as const;

test.each(goings)('%s does not wait until the browser has its answer', async (_way, go) => {
  const { world, session, answer } = await asking();
  await go(session);
  expect(world.media.open).toEqual([]);
  answer();
  await settle();
  expect(world.media.microphone.$track.get()).toBeNull();
  expect(session.$microphone.get()).toMatchObject({ desired: 'off', actual: 'off', problem: null });
});

test('stepping down does not wait either, and a microphone given up is not a broken one', async () => {
  const { world, session, answer } = await asking();
  await session.$stepDown.get()?.();
  expect(session.$role.get()).toBe('listener');
  answer();
  await settle();
  expect(world.media.microphone.$track.get()).toBeNull();
  expect(session.$microphone.get()).toMatchObject({ desired: 'off', actual: 'off', problem: null });
  expect(world.media.only.sent.some(({ live }) => live)).toBe(false);
});

test('leaving closes the microphone in that instant', async () => {
  const { world, session } = await onStage();
  await session.$toggleMicrophone.get()?.();
  void session.$leave.get()?.();
  expect(world.media.microphone.$track.get()).toBeNull();
});

test('talking while muted is noticed', async () => {
  const { world, session } = await onStage();
  await session.$toggleMicrophone.get()?.();
  await session.$toggleMicrophone.get()?.();
  world.media.microphone.$talking.set(true);
  expect(session.$microphone.get().talkingWhileMuted).toBe(true);
});

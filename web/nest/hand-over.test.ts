import { beforeEach, expect, test } from 'vitest';

import type { LinkPerson } from '../media/media-types.ts';
import { retire } from './hand-over.ts';
import { FakeClock, settle } from './testing/fake-clock.ts';
import { FakeLink, FakePlayer, fakeTrack } from './testing/fake-media.ts';

const someone = (identity: string, more: Partial<LinkPerson> = {}): LinkPerson => ({
  identity,
  pubkey: null,
  role: null,
  joinedAt: 0,
  microphone: 'none',
  speaking: false,
  isMe: false,
  ...more,
});
const me = someone('me', { isMe: true });

let clock: FakeClock;
let player: FakePlayer;
let old: FakeLink;
let current: FakeLink;

beforeEach(() => {
  clock = new FakeClock();
  player = new FakePlayer();
  old = new FakeLink('nest:1');
  current = new FakeLink('nest:2');
  old.$people.set([me]);
  current.$people.set([me]);
});

const leave = () => retire(old, { current: () => current, player, clock });
const isOpen = () => old.$state.get() !== 'closed';

test('a listener leaves as soon as everybody is heard in the new room', async () => {
  let heard: () => void = () => undefined;
  player.handedOver = () => new Promise((resolve) => (heard = resolve));
  old.$people.set([me, someone('ann'), someone('ben')]);
  void leave();
  await clock.pass(1_000);
  expect(isOpen()).toBe(true);
  heard();
  await settle();
  expect(isOpen()).toBe(false);
});

test('a speaker stays as long as a listener is left, and goes with the last one', async () => {
  await old.send(fakeTrack('mic'), true);
  old.$people.set([me, someone('ann')]);
  current.$people.set([me, someone('ann')]);
  void leave();
  await clock.pass(3_000);
  expect(isOpen()).toBe(true);
  old.$people.set([me]);
  await clock.pass(100);
  expect(isOpen()).toBe(false);
});

test('speakers who wait for each other let go after a while', async () => {
  await old.send(fakeTrack('mic'), true);
  const ann = someone('ann', { microphone: 'live' });
  old.$people.set([me, ann]);
  void leave();
  await clock.pass(2_000);
  expect(isOpen()).toBe(true);
  current.$people.set([me, ann]);
  await clock.pass(1_400);
  expect(isOpen()).toBe(true);
  await clock.pass(200);
  expect(isOpen()).toBe(false);
});

test('whoever never moves is not waited for longer than the old room lives', async () => {
  await old.send(fakeTrack('mic'), false);
  old.$people.set([me, someone('ann')]);
  void leave();
  await clock.pass(4_600);
  expect(isOpen()).toBe(false);
});

test('a room that is gone is left at once', async () => {
  await old.send(fakeTrack('mic'), true);
  old.$people.set([me, someone('ann')]);
  const left = leave();
  await settle();
  old.end('room_gone');
  await clock.pass(100);
  await left;
  expect(player.playing.has(old)).toBe(false);
});

import { atom } from 'nanostores';
import { expect, test } from 'vitest';
import { fakeSession } from '../../gallery/fake-session.ts';
import type { NestSession, Phase } from '../../nest/session-types.ts';
import type { Account } from '../../nostr/index.ts';
import { SessionKeeper } from './session-keeper.ts';

const account: Account = {
  pubkey: 'ab'.repeat(32),
  kind: 'local',
  sign: () => Promise.reject(new Error('nobody signs here')),
};

/** Opens sessions that can be counted, moved and entered. */
function world() {
  const log: string[] = [];
  const opened: {
    session: NestSession;
    $roomId: ReturnType<typeof atom<string>>;
    $phase: ReturnType<typeof atom<Phase>>;
  }[] = [];
  const keeper = new SessionKeeper(async ({ roomId }, who) => {
    const $roomId = atom(roomId);
    const $phase = atom<Phase>('idle');
    const session: NestSession = {
      ...fakeSession(),
      $roomId,
      $phase,
      $join: atom(async () => void log.push(`join ${roomId}`)),
      close: async () => void log.push(`close ${roomId}`),
    };
    log.push(`open ${roomId} ${who ? 'signed in' : 'guest'}`);
    opened.push({ session, $roomId, $phase });
    return session;
  });
  return { keeper, log, opened };
}

test('the same nest for the same person is opened once', async () => {
  const { keeper, log } = world();
  await keeper.show({ roomId: 'a' }, null);
  await keeper.show({ roomId: 'a' }, null);
  expect(log).toEqual(['open a guest']);
});

test('a nest that was recreated keeps its session when the address bar follows it', async () => {
  const { keeper, log, opened } = world();
  await keeper.show({ roomId: 'old' }, account);
  opened[0]?.$roomId.set('new');
  await keeper.show({ roomId: 'new' }, account);
  expect(log).toEqual(['open old signed in']);
});

test('signing in inside the nest comes back inside; signing in before it stays before it', async () => {
  const { keeper, log, opened } = world();
  await keeper.show({ roomId: 'a' }, null);
  await keeper.show({ roomId: 'a' }, account);
  expect(log).toEqual(['open a guest', 'close a', 'open a signed in']);
  opened[1]?.$phase.set('in');
  await keeper.show({ roomId: 'a' }, null);
  expect(log.slice(3)).toEqual(['close a', 'open a guest', 'join a']);
});

test('going to another nest leaves this one, and does not enter the other by itself', async () => {
  const { keeper, log, opened } = world();
  await keeper.show({ roomId: 'a' }, account);
  opened[0]?.$phase.set('in');
  await keeper.show({ roomId: 'b' }, account);
  expect(log).toEqual(['open a signed in', 'close a', 'open b signed in']);
});

test('a session that comes when nobody wants it any more is closed', async () => {
  const { keeper, log } = world();
  const late = keeper.show({ roomId: 'a' }, null);
  keeper.close();
  await late;
  expect(log).toEqual(['open a guest', 'close a']);
  expect(keeper.$session.get()).toBeNull();
});

test('code that cannot be loaded is told', async () => {
  const keeper = new SessionKeeper(() => Promise.reject(new Error('offline')));
  await keeper.show({ roomId: 'a' }, null);
  expect(keeper.$failure.get()?.message).toBe('offline');
});

import { closeNestEvent } from '@nests/protocol/nest-event';
import { readPresence } from '@nests/protocol/presence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Relay } from '../../relay/relay.ts';
import {
  become,
  deadEnd,
  gatewayTo,
  nestBy,
  relayInMemory,
  scriptedRelay,
  seconds,
  somebody,
} from './testing.ts';
import type { NostrGateway } from './types.ts';

let relay: Relay;
let nostr: NostrGateway;
const host = somebody();
const address = { host: host.pubkey, d: 'c0ffee' };

beforeEach(async () => {
  relay = await relayInMemory();
  nostr = gatewayTo(relay.url);
});

afterEach(async () => {
  nostr.close();
  await relay.stop();
});

describe('a nest', () => {
  it('is found, and followed when its host changes it', async () => {
    await nostr.publish(nestBy(host), [relay.url]);
    const reader = gatewayTo(relay.url);
    const $nest = reader.nest(address);
    expect((await become($nest, (nest) => nest !== undefined))?.title).toBe('An evening');

    const changed = become($nest, (nest) => nest?.title === 'A night');
    await nostr.publish(nestBy(host, { title: 'A night', now: seconds() + 1 }), [relay.url]);
    expect((await changed)?.createdAt).toBeGreaterThan(seconds() - 60);
    reader.close();
  });

  it('is null when no relay has it', async () => {
    expect(await become(nostr.nest({ ...address, d: 'x' }), (nest) => nest !== undefined)).toBeNull();
  });

  it('is null when there is no relay at all', async () => {
    const alone = gatewayTo();
    expect(await become(alone.nest(address), (nest) => nest !== undefined)).toBeNull();
    expect(await alone.latestNest(address, 1_000)).toBeNull();
    expect(await alone.publish(nestBy(host), [])).toEqual([]);
    expect(await alone.say('hello?', address, host.sign)).toBe(false);
    alone.close();
  });

  it('is the newest copy of all relays, whichever answers first', async () => {
    const second = await relayInMemory();
    const writer = gatewayTo(relay.url, second.url);
    await writer.publish(nestBy(host, { title: 'New', now: seconds() + 5 }), [relay.url]);
    await writer.publish(nestBy(host, { title: 'Old' }), [second.url]);
    writer.close();
    for (const relays of [
      [relay.url, second.url],
      [second.url, relay.url],
    ]) {
      const reader = gatewayTo(...relays);
      expect((await reader.latestNest(address, 5_000))?.title).toBe('New');
      reader.close();
    }
    await second.stop();
  });

  it('is found at the relays its own address names', async () => {
    await nostr.publish(nestBy(host), [relay.url]);
    const stranger = gatewayTo();
    const elsewhere = relay.url.replace('127.0.0.1', 'localhost');
    expect((await stranger.latestNest({ ...address, relays: [elsewhere] }, 5_000))?.title).toBe('An evening');
    stranger.close();
  });

  it('that names twenty relays does not make us connect to twenty', async () => {
    const ports = Array.from({ length: 20 }, (_, n) => `ws://localhost:${n + 1}`);
    const $nest = nostr.nest({ ...address, relays: ports });
    const stay = $nest.listen(() => undefined);
    expect(Object.keys(nostr.relayStates.get()).length).toBeLessThan(8);
    expect(nostr.relayStates.get()).toHaveProperty([relay.url]);
    stay();
    expect(await become($nest, (nest) => nest !== undefined)).toBeNull();
  });

  it('does not wait for a relay that says nothing longer than it was told to', async () => {
    const silent = await scriptedRelay(() => undefined);
    const patient = gatewayTo(silent.url);
    expect(await patient.latestNest(address, 200)).toBeNull();
    patient.close();
    await silent.stop();
  });

  it('is found by its d alone, once for every author', async () => {
    const other = somebody();
    await nostr.publish(nestBy(host), [relay.url]);
    await nostr.publish(nestBy(other, { title: 'Mine, too', now: seconds() + 1 }), [relay.url]);
    const reader = gatewayTo(relay.url);
    const found = await reader.nestsByD('c0ffee', 5_000);
    expect(found.map((nest) => nest.address.host)).toEqual([other.pubkey, host.pubkey]);
    reader.close();
  });
});

describe('the list of nests', () => {
  it('has those that are announced, newest first, until they are closed', async () => {
    const first = nestBy(host);
    await nostr.publish(first, [relay.url]);
    await nostr.publish(nestBy(host, { roomId: 'later', now: seconds() + 1 }), [relay.url]);
    const reader = gatewayTo(relay.url);
    const $announced = reader.announced([relay.url]);
    const both = await become($announced, (nests) => nests.length === 2);
    expect(both.map((nest) => nest.address.d)).toEqual(['later', 'c0ffee']);

    const one = become($announced, (nests) => nests.length === 1);
    await nostr.publish(host.signNow(closeNestEvent(first, undefined, seconds() + 2)), [relay.url]);
    expect((await one)[0]?.address.d).toBe('later');
    reader.close();
  });

  it('gives the same atom and the same nests again, so that nothing is drawn twice', async () => {
    await nostr.publish(nestBy(host), [relay.url]);
    const $announced = nostr.announced([relay.url]);
    expect(nostr.announced([relay.url])).toBe($announced);
    const before = await become($announced, (nests) => nests.length === 1);
    await nostr.publish(nestBy(host, { roomId: 'later' }), [relay.url]);
    const after = await become($announced, (nests) => nests.length === 2);
    expect(after).toContain(before[0]);
  });
});

describe('publishing', () => {
  it('tells for each relay what became of the event', async () => {
    const refusing = await scriptedRelay(([verb, event], say) => {
      if (verb === 'EVENT') say(['OK', (event as { id: string }).id, false, 'blocked: not here']);
    });
    const silent = await scriptedRelay(() => undefined);
    const dead = await deadEnd();
    const relays = [relay.url, refusing.url, dead, silent.url, 'http://not-a-relay'];
    const results = await nostr.publish(nestBy(host), relays);
    expect(results).toEqual([
      { relay: relay.url, ok: true },
      { relay: refusing.url, ok: false, message: 'blocked: not here' },
      { relay: dead, ok: false },
      { relay: silent.url, ok: false },
    ]);
    await refusing.stop();
    await silent.stop();
  });

  it('shows one’s own event even where the relay does not send it back', async () => {
    const accepting = await scriptedRelay(([verb, event], say) => {
      if (verb === 'EVENT') say(['OK', (event as { id: string }).id, true, '']);
      if (verb === 'REQ') say(['EOSE', event]);
    });
    const own = gatewayTo(accepting.url);
    const $chat = own.chat(address);
    const shown = become($chat, (messages) => messages.length === 1);
    expect(await own.say('hello', address, host.sign)).toBe(true);
    expect((await shown)[0]?.text).toBe('hello');
    own.close();
    await accepting.stop();
  });

  it('is done as soon as one relay has it', async () => {
    const silent = await scriptedRelay(() => undefined);
    const both = gatewayTo(silent.url, relay.url);
    expect(await both.say('hello', address, host.sign)).toBe(true);
    both.close();
    await silent.stop();
  });

  it('fails with the signer', async () => {
    const refuse = () => Promise.reject(new Error('refused'));
    await expect(nostr.say('hello', address, refuse)).rejects.toThrow('refused');
    expect(await nostr.say('hello again', address, host.sign)).toBe(true);
  });
});

describe('presence', () => {
  it('is never older than the one before, however quickly one changes', async () => {
    const times: number[] = [];
    const sign: typeof host.sign = async (template) => {
      const event = host.signNow(template);
      if (readPresence(event, seconds()) !== null) times.push(event.created_at);
      return event;
    };
    const state = { hand: false, publishing: true, muted: false, onstage: true };
    await nostr.announcePresence(address, state, sign);
    await nostr.announcePresence(address, { ...state, muted: true }, sign);
    await nostr.announcePresence(address, null, sign);
    expect(times).toHaveLength(3);
    expect(new Set(times).size).toBe(3);
    expect([...times].sort()).toEqual(times);
  });
});

import { makeChatMessage } from '@nests/protocol/chat';
import { afterEach, describe, expect, it } from 'vitest';
import {
  become,
  deadEnd,
  gatewayTo,
  gatewayWith,
  nestBy,
  relayInMemory,
  scriptedRelay,
  seconds,
  somebody,
} from './testing.ts';
import type { NostrGateway } from './types.ts';

const host = somebody();
const guest = somebody();
const address = { host: host.pubkey, d: 'c0ffee' };
const say = (text: string) => guest.signNow(makeChatMessage(text, address, seconds()));
const open: { close(): void }[] = [];

function reading(gateway: NostrGateway): NostrGateway {
  open.push(gateway);
  return gateway;
}

afterEach(() => {
  for (const gateway of open.splice(0)) gateway.close();
});

describe('a reader', () => {
  it('reads on after the relay was restarted, which says goodbye politely', async () => {
    const before = await relayInMemory();
    const nostr = reading(gatewayTo(before.url));
    const $chat = nostr.chat(address);
    const first = become($chat, (messages) => messages.length === 1);
    const stay = $chat.listen(() => undefined);
    await nostr.publish(say('before'), [before.url]);
    await first;
    await before.stop();
    await become(nostr.relayStates, (states) => states[before.url] !== 'open');

    const after = await relayInMemory(before.port);
    const writer = reading(gatewayTo(after.url));
    const second = become($chat, (messages) => messages.length === 2);
    await writer.publish(say('after'), [after.url]);
    expect((await second).map((message) => message.text).sort()).toEqual(['after', 'before']);
    stay();
    await after.stop();
  });

  it('reads on after its connection was cut, and after the relay closed the subscription', async () => {
    const events = [say('one'), say('two'), say('three')];
    let asked = 0;
    const relay = await scriptedRelay(([verb, id], reply) => {
      if (verb !== 'REQ') return;
      reply(['EVENT', id, events[asked++]]);
      if (asked === 1) relay.cut();
      else if (asked === 2) reply(['CLOSED', id, 'rate-limited: slow down']);
      else reply(['EOSE', id]);
    });
    const nostr = reading(gatewayTo(relay.url));
    const messages = await become(nostr.chat(address), (shown) => shown.length === 3);
    expect(messages).toHaveLength(3);
    expect(relay.connections()).toBeGreaterThan(1);
    expect(relay.heard.filter(([verb]) => verb === 'REQ')).toHaveLength(3);
    await relay.stop();
  });

  it('leaves a connection that went silent for a new one', async () => {
    const relay = await scriptedRelay(([verb, id], reply, connection) => {
      if (verb !== 'REQ' || (connection === 1 && String(id).startsWith('ping'))) return;
      if (connection >= 2 && !String(id).startsWith('ping')) reply(['EVENT', id, say('still here')]);
      reply(['EOSE', id]);
    });
    const nostr = reading(gatewayWith([relay.url], { pingFrequency: 30, pingTimeout: 30 }));
    const messages = await become(nostr.chat(address), (shown) => shown.length > 0);
    expect(messages[0]?.text).toBe('still here');
    expect(relay.connections()).toBeGreaterThanOrEqual(2);
    await relay.stop();
  });

  it('asks no relay for anything once nobody listens any more', async () => {
    const relay = await scriptedRelay(([verb, id], reply) => {
      if (verb === 'REQ') reply(['EOSE', id]);
    });
    const nostr = reading(gatewayTo(relay.url));
    expect(await become(nostr.nest(address), (nest) => nest !== undefined)).toBeNull();
    await become(nostr.relayStates, (states) => Object.keys(states).length === 0);
    expect(relay.heard.map(([verb]) => verb)).toEqual(['REQ', 'CLOSE']);
    await relay.stop();
  });
});

describe('a relay that cannot be reached', () => {
  it('is said to have failed, and everything else goes on without it', async () => {
    const relay = await relayInMemory();
    const dead = await deadEnd();
    const nostr = reading(gatewayTo(dead, relay.url));
    await nostr.publish(nestBy(host), [relay.url]);
    const $nest = nostr.nest(address);
    const stay = $nest.listen(() => undefined);
    expect((await become($nest, (nest) => nest !== undefined))?.title).toBe('An evening');
    const states = await become(
      nostr.relayStates,
      (all) => all[dead] === 'failed' && all[relay.url] === 'open',
    );
    expect(Object.keys(states).sort()).toEqual([dead, relay.url].sort());
    stay();
    await relay.stop();
  });

  it('is used as soon as it is back', async () => {
    const gone = await relayInMemory();
    await gone.stop();
    const nostr = reading(gatewayTo(gone.url));
    const $chat = nostr.chat(address);
    const stay = $chat.listen(() => undefined);
    await become(nostr.relayStates, (states) => states[gone.url] === 'failed');
    const back = await relayInMemory(gone.port);
    nostr.retry();
    await become(nostr.relayStates, (states) => states[gone.url] === 'open');
    stay();
    await back.stop();
  });
});

describe('a relay that lies', () => {
  it('gets nothing in, and keeps nothing true out', async () => {
    const genuine = nestBy(host);
    const forged = {
      ...genuine,
      sig: genuine.sig.replace(/^../, genuine.sig.startsWith('00') ? '11' : '00'),
    };
    const liar = await scriptedRelay(([verb, id], reply) => {
      if (verb !== 'REQ') return;
      reply(['EVENT', id, forged]);
      reply([
        'EVENT',
        id,
        { ...nestBy(host, { title: 'Evil', now: seconds() + 60 }), pubkey: host.pubkey, content: 'x' },
      ]);
      reply(['EVENT', id, nestBy(somebody(), { title: 'Not asked for' })]);
      reply(['EVENT', id, null]);
      reply(['EVENT', id, { ...genuine, tags: 'x' }]);
      reply(['EVENT', id, { ...genuine, content: 'x'.repeat(500_000) }]);
      reply(['EVENT', 'another subscription', genuine]);
      reply(['EOSE', id]);
    });
    const alone = reading(gatewayTo(liar.url));
    expect(await alone.latestNest(address, 5_000)).toBeNull();

    const honest = await relayInMemory();
    const nostr = reading(gatewayTo(liar.url, honest.url));
    await nostr.publish(genuine, [honest.url]);
    const reader = reading(gatewayTo(liar.url, honest.url));
    expect((await reader.latestNest(address, 5_000))?.title).toBe('An evening');
    await liar.stop();
    await honest.stop();
  });

  it('that talks nonsense is only a relay that failed', async () => {
    const relay = await scriptedRelay(([verb], reply) => {
      if (verb === 'REQ') reply('this is not JSON');
    });
    const nostr = reading(gatewayTo(relay.url));
    expect(await nostr.latestNest(address, 5_000)).toBeNull();
    await relay.stop();
  });
});

import { makeChatMessage } from '@nests/protocol/chat';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Relay } from '../../relay/relay.ts';
import { become, gatewayTo, relayInMemory, seconds, somebody } from './testing.ts';
import type { NostrGateway } from './types.ts';

let relay: Relay;
let second: Relay;
let nostr: NostrGateway;
let other: NostrGateway;
const anna = somebody();
const ben = somebody();
const address = { host: anna.pubkey, d: 'c0ffee' };

beforeEach(async () => {
  relay = await relayInMemory();
  second = await relayInMemory();
  nostr = gatewayTo(relay.url, second.url);
  other = gatewayTo(relay.url, second.url);
});

afterEach(async () => {
  nostr.close();
  other.close();
  await relay.stop();
  await second.stop();
});

describe('the chat of a nest', () => {
  it('reaches the others once each, from two relays, answers and history included', async () => {
    expect(await nostr.say('hello', address, anna.sign)).toBe(true);
    const $chat = other.chat(address);
    const [hello] = await become($chat, (messages) => messages.length === 1);

    const answered = become($chat, (messages) => messages.length === 2);
    expect(await other.say('hello you', address, ben.sign, hello)).toBe(true);
    const [, answer] = await answered;
    expect(answer).toMatchObject({ text: 'hello you', pubkey: ben.pubkey, replyTo: hello?.id });

    const both = await become(nostr.chat(address), (messages) => messages.length === 2);
    expect(both.map((message) => message.text)).toEqual(['hello', 'hello you']);
  });

  it('is sent no faster than one message a second, and nothing is lost', async () => {
    const said = await Promise.all([
      nostr.say('one', address, anna.sign),
      nostr.say('two', address, anna.sign),
    ]);
    expect(said).toEqual([true, true]);
    const messages = await become(nostr.chat(address), (shown) => shown.length === 2);
    expect(messages.map(({ text }) => text)).toEqual(['one', 'two']);
    expect(messages[1]!.createdAt).toBeGreaterThan(messages[0]!.createdAt);
  });

  it('shows three messages of a second and author', async () => {
    const now = seconds();
    const flood = Array.from({ length: 6 }, (_, n) => ben.signNow(makeChatMessage(`${n}`, address, now)));
    for (const event of flood) await nostr.publish(event, [relay.url]);
    await nostr.publish(anna.signNow(makeChatMessage('quiet, please', address, now + 1)), [relay.url]);
    const shown = await become(other.chat(address), (messages) =>
      messages.some((message) => message.text === 'quiet, please'),
    );
    expect(shown.filter((message) => message.pubkey === ben.pubkey)).toHaveLength(3);
  });
});

describe('reactions', () => {
  it('reach the others while they are fresh', async () => {
    const $reactions = other.reactions(address);
    const shown = become($reactions, (reactions) => reactions.length === 2);
    await nostr.publish(
      ben.signNow({
        kind: 7,
        content: '👏',
        created_at: seconds() - 60,
        tags: [['a', `30312:${address.host}:c0ffee`]],
      }),
      [relay.url],
    );
    expect(await nostr.react('🔥', address, ben.sign)).toBe(true);
    expect(await nostr.react('❤️', address, anna.sign, { id: 'cc'.repeat(32), pubkey: ben.pubkey })).toBe(
      true,
    );
    expect((await shown).map(({ emoji, pubkey }) => [emoji, pubkey])).toEqual(
      expect.arrayContaining([
        ['🔥', ben.pubkey],
        ['❤️', anna.pubkey],
      ]),
    );
  });
});

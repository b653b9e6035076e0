import { afterEach, describe, expect, it } from 'vitest';
import { makeProfile } from './profile.ts';
import { become, gatewayTo, relayInMemory, scriptedRelay, seconds, somebody } from './testing.ts';

const open: { close(): void }[] = [];
const opened = <T extends { close(): void }>(gateway: T): T => {
  open.push(gateway);
  return gateway;
};

afterEach(() => {
  for (const gateway of open.splice(0)) gateway.close();
});

describe('profiles', () => {
  it('of a whole room are asked for in one go', async () => {
    const people = Array.from({ length: 30 }, () => somebody());
    const events = people.map((person, n) => person.signNow(makeProfile({ name: `Person ${n}` }, seconds())));
    const relay = await scriptedRelay(([verb, id], reply) => {
      if (verb !== 'REQ') return;
      for (const event of events) reply(['EVENT', id, event]);
      reply(['EOSE', id]);
    });
    const nostr = opened(gatewayTo(relay.url));
    const names = await Promise.all(
      people.map(
        async ({ pubkey }) => (await become(nostr.profile(pubkey), (profile) => profile !== undefined)).name,
      ),
    );
    expect(names).toEqual(people.map((_, n) => `Person ${n}`));
    expect(relay.heard.filter(([verb]) => verb === 'REQ')).toHaveLength(1);
    await relay.stop();
  });

  it('that come later, or change, are shown when they do', async () => {
    const relay = await relayInMemory();
    const person = somebody();
    const nostr = opened(gatewayTo(relay.url));
    const $profile = nostr.profile(person.pubkey);
    const named = become($profile, (profile) => profile?.name === 'Anna');

    const elsewhere = opened(gatewayTo(relay.url));
    expect(await elsewhere.publishProfile({ name: 'Anna' }, person.sign)).toBe(true);
    expect((await named)?.name).toBe('Anna');

    const renamed = become($profile, (profile) => profile?.name === 'Anna B.');
    const event = person.signNow(makeProfile({ name: 'Anna B.' }, seconds() + 1));
    await elsewhere.publish(event, [relay.url]);
    expect((await renamed)?.name).toBe('Anna B.');
    await relay.stop();
  });

  it('that no relay had at first are asked for again while the person is on screen', async () => {
    const person = somebody();
    // Older than our looking: following what is new does not bring it.
    const event = person.signNow(makeProfile({ name: 'Dora' }, seconds() - 60));
    let asked = 0;
    const relay = await scriptedRelay(([verb, id, filter], reply) => {
      if (verb !== 'REQ') return;
      const isQuestion = typeof filter === 'object' && filter !== null && !('since' in filter);
      if (isQuestion) asked += 1;
      if (isQuestion && asked === 3) reply(['EVENT', id, event]);
      reply(['EOSE', id]);
    });
    const nostr = opened(gatewayTo(relay.url));
    const named = await become(nostr.profile(person.pubkey), (profile) => profile !== undefined);
    expect(named.name).toBe('Dora');
    expect(asked).toBe(3);
    await relay.stop();
  });

  it('that a relay could not be asked for are asked for when it is there', async () => {
    const person = somebody();
    const away = await relayInMemory();
    const { port } = away;
    await away.stop();
    const nostr = opened(gatewayTo(away.url));
    const named = become(nostr.profile(person.pubkey), (profile) => profile !== undefined);
    await become(nostr.relayStates, (states) => states[away.url] === 'failed');

    const relay = await relayInMemory(port);
    const elsewhere = opened(gatewayTo(relay.url));
    const event = person.signNow(makeProfile({ name: 'Emil' }, seconds() - 60));
    await elsewhere.publish(event, [relay.url]);
    nostr.retry();
    expect((await named).name).toBe('Emil');
    await relay.stop();
  });

  it('are the newest that any relay has', async () => {
    const person = somebody();
    const versions = [1, 3, 2].map((n) => person.signNow(makeProfile({ name: `v${n}` }, seconds() - 10 + n)));
    const relay = await scriptedRelay(([verb, id], reply) => {
      if (verb !== 'REQ') return;
      for (const event of versions) reply(['EVENT', id, event]);
      reply(['EOSE', id]);
    });
    const nostr = opened(gatewayTo(relay.url));
    expect((await become(nostr.profile(person.pubkey), (profile) => profile !== undefined)).name).toBe('v3');
    await relay.stop();
  });
});

describe('whom somebody follows', () => {
  it('is what their newest list says, and nobody when there is none', async () => {
    const relay = await relayInMemory();
    const [person, friend, stranger] = [somebody(), somebody(), somebody()];
    const nostr = opened(gatewayTo(relay.url));
    const tags = [
      ['p', friend.pubkey],
      ['t', 'birds'],
    ];
    await nostr.publish(person.signNow({ kind: 3, created_at: seconds(), tags, content: '' }), [relay.url]);
    const known = (list: readonly string[] | undefined) => list !== undefined;
    expect(await become(nostr.follows(person.pubkey), known)).toEqual([friend.pubkey]);
    expect(await become(nostr.follows(stranger.pubkey), known)).toEqual([]);
    await relay.stop();
  });
});

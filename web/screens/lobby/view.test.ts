import type { NestListItem } from '@nests/protocol/api';
import type { NestEvent } from '@nests/protocol/nest-event';
import { describe, expect, it } from 'vitest';
import { hrefOf, lobbyView, type LobbyFacts, type Place } from './view.ts';

const NOW = 1_800_000_000_000;
const SECONDS = NOW / 1000;
const mira = 'a'.repeat(64);
const lea = 'b'.repeat(64);
const rui = 'c'.repeat(64);

function item(roomId: string, more: Partial<NestListItem> = {}): NestListItem {
  return {
    roomId,
    link: 'naddr1x',
    host: mira,
    participantCount: 1,
    speakers: [mira],
    hls_stream: false,
    createdAt: NOW - 60_000,
    startedAt: NOW - 60_000,
    ...more,
  };
}

function event(d: string, more: Partial<NestEvent> = {}): NestEvent {
  const host = more.address?.host ?? mira;
  return {
    address: { host, d },
    title: `Nest ${d}`,
    summary: '',
    hashtags: [],
    status: 'open',
    service: 'https://here.example',
    streaming: [],
    relays: [],
    people: [{ pubkey: host, role: 'host' }],
    createdAt: SECONDS - 60,
    transport: 'livekit',
    event: { id: '', pubkey: host, kind: 30312, created_at: SECONDS - 60, tags: [], content: '', sig: '' },
    ...more,
  };
}

const href = (place: Place) => hrefOf(place, ({ d }) => `naddr1${d}`);

const view = (facts: Partial<LobbyFacts>) =>
  lobbyView({
    list: [],
    events: [],
    settled: false,
    now: NOW,
    ourOrigins: ['https://here.example'],
    query: '',
    hosts: null,
    nameOf: (pubkey) => (pubkey === mira ? 'Mira' : undefined),
    ...facts,
  });

describe('what is live', () => {
  it('is what the API says for nests of our own server, whatever their events claim', () => {
    const { live } = view({
      list: [item('one')],
      events: [event('one', { status: 'closed' }), event('gone')],
    });
    expect(live.map((nest) => [nest.key, nest.title, href(nest)])).toEqual([
      ['one', 'Nest one', `/nest/one#${mira}`],
    ]);
  });

  it("is only what people of one's choice host, when one has chosen", () => {
    const list = [item('one'), item('two', { host: lea, speakers: [lea] })];
    expect(view({ list, hosts: new Set([lea]) }).live.map((nest) => nest.key)).toEqual(['two']);
    expect(view({ list }).live).toHaveLength(2);
  });

  it('takes the name only from the event of the very host', () => {
    const { live } = view({
      list: [item('one')],
      events: [event('one', { address: { host: lea, d: 'one' } })],
    });
    expect(live[0]?.title).toBeUndefined();
  });

  it('waits for a name until the relays have had their time', () => {
    expect(view({ list: [item('one')] }).live[0]?.title).toBeUndefined();
    expect(view({ list: [item('one')], settled: true }).live[0]?.title).toBeNull();
    expect(view({ list: [item('one')], events: [event('one', { title: '' })] }).live[0]?.title).toBeNull();
  });

  it('is an open and fresh event for nests of other servers, and nobody has counted their heads', () => {
    const elsewhere = (d: string, more: Partial<NestEvent>) =>
      event(d, { service: 'https://there.example', ...more });
    const { live } = view({
      events: [
        elsewhere('fresh', { createdAt: SECONDS - 3_599 }),
        elsewhere('stale', { createdAt: SECONDS - 3_600 }),
        elsewhere('closed', { status: 'closed' }),
        elsewhere('private', { status: 'private' }),
        elsewhere('planned', { status: 'planned' }),
      ],
    });
    expect(live.map((nest) => [nest.key, nest.heads, href(nest)])).toEqual([
      [`${mira}:fresh`, null, '/nest/naddr1fresh'],
    ]);
  });

  it('sends people elsewhere for a transport we cannot play', () => {
    const { live } = view({ events: [event('moq', { service: 'https://moq.example', transport: 'other' })] });
    expect(live.map((nest) => [nest.opens, href(nest)])).toEqual([
      ['elsewhere', 'https://njump.me/naddr1moq'],
    ]);
  });

  it('puts the fullest nest first and uncounted ones last', () => {
    const { live } = view({
      list: [item('small', { participantCount: 3 }), item('large', { participantCount: 90 })],
      events: [event('away', { service: 'https://there.example' })],
    });
    expect(live.map((nest) => nest.heads)).toEqual([90, 3, null]);
  });

  it('names everybody on the stage once, the host first', () => {
    const { live } = view({ list: [item('one', { speakers: [lea, mira, rui] })] });
    expect(live[0]?.people).toEqual([mira, lea, rui]);
  });
});

describe('what is planned', () => {
  const plan = (d: string, minutes: number, more: Partial<NestEvent> = {}) =>
    event(d, { status: 'planned', starts: SECONDS + minutes * 60, createdAt: SECONDS - 90_000, ...more });

  it('comes soonest first, and stays an hour after its time in case the host is late', () => {
    const { upcoming } = view({
      events: [plan('later', 300), plan('soon', 10), plan('late', -59), plan('missed', -61)],
    });
    expect(upcoming.map((nest) => nest.title)).toEqual(['Nest late', 'Nest soon', 'Nest later']);
  });

  it('leaves the list as soon as the API says it is live', () => {
    const { live, upcoming } = view({ list: [item('one')], events: [plan('one', 5)] });
    expect(upcoming).toEqual([]);
    expect(live.map((nest) => nest.title)).toEqual(['Nest one']);
  });
});

it('gives a card whose event has not changed the same object again', () => {
  const events = [event('away', { service: 'https://there.example' })];
  expect(view({ events }).live[0]).toBe(view({ events, now: NOW + 1_000 }).live[0]);
});

describe('looking for a nest', () => {
  const list = [item('one'), item('two', { host: lea, speakers: [lea, rui] })];
  const events = [
    event('one', { title: 'Slow mornings', hashtags: ['coffee'] }),
    event('two', { title: 'Book club', address: { host: lea, d: 'two' } }),
  ];
  const found = (query: string) => view({ list, events, query }).live.map((nest) => nest.key);

  it('finds by title, hashtag and host, every word of it', () => {
    expect(found('SLOW')).toEqual(['one']);
    expect(found('#coffee')).toEqual(['one']);
    expect(found('mira morn')).toEqual(['one']);
    expect(found('slow club')).toEqual([]);
    expect(found('  ')).toHaveLength(2);
  });
});

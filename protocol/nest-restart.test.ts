import { describe, expect, it } from 'vitest';
import type { EventTemplate, NostrEvent } from './event.ts';
import { closeNestEvent, readNestEvent, recreateNestEvent } from './nest-event.ts';

const host = 'ab'.repeat(32);
const other = 'cd'.repeat(32);
const now = 1_784_000_000;
const asEvent = (template: EventTemplate): NostrEvent => ({ ...template, pubkey: host, id: '', sig: '' });

const made = {
  roomId: 'new',
  host,
  originalRoomId: 'old',
  service: 'https://nests.example',
  streaming: ['wss+livekit://live.example'],
  relays: ['wss://a.example'],
  webLink: 'https://nests.example/nest/new',
  now,
};

const old = asEvent({
  kind: 30_312,
  created_at: now - 7200,
  content: 'x',
  tags: [
    ['d', 'old'],
    ['x-theme', '1'],
    ['title', 'Evening'],
    ['summary', 'Come in'],
    ['image', 'https://img.example/x.png'],
    ['t', 'talk'],
    ['status', 'open'],
    ['starts', '1'],
    ['ends', '2'],
    ['service', 'https://gone.example'],
    ['streaming', 'wss+livekit://gone.example'],
    ['endpoint', 'https://gone.example'],
    ['relays', 'wss://gone.example'],
    ['p', other, '', 'speaker'],
    ['alt', 'gone'],
    ['x-theme', '2'],
  ],
});

describe('the event of a recreated nest', () => {
  it('is the old one with everything made new that depends on the id', () => {
    const template = recreateNestEvent(old, made);
    const nest = readNestEvent(asEvent(template));
    expect(nest).toMatchObject({
      address: { host, d: 'new' },
      title: 'Evening',
      summary: 'Come in',
      image: 'https://img.example/x.png',
      hashtags: ['talk'],
      status: 'open',
      starts: now,
      service: 'https://nests.example',
      streaming: ['wss+livekit://live.example'],
      relays: ['wss://a.example'],
      people: [{ pubkey: host, role: 'host' }],
    });
    expect(nest).not.toHaveProperty('ends');
    expect(JSON.stringify(template)).not.toContain('gone');
    expect(template.tags.filter((tag) => tag[0] === 'x-theme')).toEqual([
      ['x-theme', '1'],
      ['x-theme', '2'],
    ]);
  });

  it('says in its content where it comes from', () => {
    expect(JSON.parse(recreateNestEvent(old, made).content)).toEqual({
      name: 'Evening',
      description: 'Come in',
      originalRoomId: 'old',
    });
  });

  it('has both titles even where the old one had one', () => {
    const titles = recreateNestEvent(old, made).tags.filter(([name]) => name === 'room' || name === 'title');
    expect(titles.map((tag) => tag[1])).toEqual(['Evening', 'Evening']);
  });

  it('is complete when no old event can be read', () => {
    const template = recreateNestEvent(null, made);
    expect(readNestEvent(asEvent(template))).toMatchObject({
      title: 'Restarted Nest',
      summary: 'This nest was recreated due to technical issues',
      status: 'open',
      transport: 'livekit',
    });
    expect(JSON.parse(template.content)).toEqual({
      name: 'Restarted Nest',
      description: 'This nest was recreated due to technical issues',
      originalRoomId: 'old',
    });
  });
});

describe('the old event, closed', () => {
  it('points to where the nest went on, and keeps the rest as it was', () => {
    const template = closeNestEvent(old, { address: { host, d: 'new' }, relay: 'wss://a.example' }, now);
    expect(readNestEvent(asEvent(template))).toMatchObject({
      address: { d: 'old' },
      status: 'closed',
      ends: now,
      movedTo: { host, d: 'new', relays: ['wss://a.example'] },
    });
    expect(template.tags).toContainEqual(['service', 'https://gone.example']);
    expect(template.tags.filter(([name]) => name === 'status' || name === 'ends')).toHaveLength(2);
    expect(template.content).toBe('x');
    expect(template.created_at).toBe(now);
  });

  it('points nowhere when the nest just ended', () => {
    const nest = readNestEvent(asEvent(closeNestEvent(old, undefined, now)));
    expect(nest?.status).toBe('closed');
    expect(nest).not.toHaveProperty('movedTo');
  });

  it('has one pointer, the last', () => {
    const once = asEvent(closeNestEvent(old, { address: { host, d: 'one' } }, now));
    const twice = asEvent(closeNestEvent(once, { address: { host, d: 'two' } }, now));
    expect(twice.created_at).toBe(now + 1);
    expect(twice.tags.filter((tag) => tag[3] === 'moved')).toHaveLength(1);
    expect(readNestEvent(twice)?.movedTo?.d).toBe('two');
  });

  it('of an old live activity ends in that kind’s own word', () => {
    const template = closeNestEvent({ ...old, kind: 30_311 }, undefined, now);
    expect(template.kind).toBe(30_311);
    expect(template.tags).toContainEqual(['status', 'ended']);
    expect(readNestEvent(asEvent(template))?.status).toBe('closed');
  });
});

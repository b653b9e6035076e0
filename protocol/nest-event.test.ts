import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventTemplate, NostrEvent } from './event.ts';
import { makeNestEvent, readNestEvent, type NestEventInput } from './nest-event.ts';
import vectors from './nest-event.vectors.json' with { type: 'json' };

const host = 'ab'.repeat(32);
const other = 'cd'.repeat(32);
const now = 1_784_000_000;
const asEvent = (template: EventTemplate): NostrEvent => ({ ...template, pubkey: host, id: '', sig: '' });

interface Vector {
  name: string;
  kind?: number;
  tags: string[][];
  expected?: Record<string, unknown>;
}
const eventOf = ({ kind = 30_312, tags }: Vector): NostrEvent =>
  asEvent({ kind, created_at: now, tags, content: '' });

const input: NestEventInput = {
  roomId: 'c0ffee',
  host,
  title: 'An evening among friends',
  summary: 'Come in',
  image: 'https://img.example/x.png',
  color: '#f0b74a',
  hashtags: ['Music', 'talk'],
  status: 'open',
  starts: now,
  service: 'https://nests.example',
  streaming: ['wss+livekit://live.example', 'https://nests.example/live.m3u8'],
  relays: ['wss://a.example', 'wss://b.example'],
  people: [{ pubkey: other, role: 'speaker' }],
  webLink: 'https://nests.example/nest/c0ffee',
  now,
};

describe('the event of a nest', () => {
  it('is read back as it was written', () => {
    expect(readNestEvent(asEvent(makeNestEvent(input)))).toMatchObject({
      address: { host, d: 'c0ffee', relays: input.relays },
      title: input.title,
      summary: 'Come in',
      image: input.image,
      color: input.color,
      hashtags: ['music', 'talk'],
      status: 'open',
      starts: now,
      service: input.service,
      streaming: input.streaming,
      relays: input.relays,
      people: [
        { pubkey: host, relay: 'wss://a.example', role: 'host' },
        { pubkey: other, relay: 'wss://a.example', role: 'speaker' },
      ],
      createdAt: now,
      transport: 'livekit',
    });
  });

  it('names itself twice, for readers of either tag, and never says endpoint or auth', () => {
    const names = makeNestEvent(input).tags.map((tag) => tag[0]);
    expect(makeNestEvent(input).tags).toContainEqual(['room', input.title]);
    expect(makeNestEvent(input).tags).toContainEqual(['title', input.title]);
    expect(names).not.toContain('endpoint');
    expect(names).not.toContain('auth');
    expect(names.filter((name) => name === 'relays')).toHaveLength(1);
  });

  it.each(vectors.valid)('by another client is read: $name', (vector: Vector) => {
    expect(readNestEvent(eventOf(vector))).toMatchObject(vector.expected ?? {});
  });

  it.each(vectors.invalid)('is none: $name', (vector: Vector) => {
    expect(readNestEvent(eventOf(vector))).toBeNull();
  });

  it.each(vectors.hostile)('that is hostile does no harm: $name', (vector: Vector) => {
    const nest = readNestEvent(eventOf(vector))!;
    expect(nest).toMatchObject(vector.expected ?? {});
    for (const key of ['image', 'service', 'movedTo', 'starts', 'ends', 'color'] as const) {
      if (!(key in (vector.expected ?? {}))) expect(nest).not.toHaveProperty(key);
    }
  });

  it('never makes the reader throw, whatever its tags', () => {
    const names = fc.constantFrom(
      'd',
      'room',
      'title',
      'status',
      'starts',
      'service',
      'streaming',
      'relays',
      'p',
      'a',
      't',
    );
    const values = fc.oneof(
      fc.string(),
      fc.webUrl(),
      fc.constantFrom(host, 'moved', 'wss+livekit://', `30312:${host}:x`),
    );
    const tags = fc.array(fc.oneof(fc.array(values), fc.tuple(names, values, values, values)));
    fc.assert(
      fc.property(tags, (made) => {
        const nest = readNestEvent(eventOf({ name: '', tags: [['d', 'x'], ...made] }));
        expect(nest?.address.host).toBe(host);
        for (const url of nest?.streaming ?? []) expect(url).toMatch(/^(wss\+livekit|https?):\/\//);
      }),
    );
  });
});

describe('an edited event', () => {
  const unknown = fc.array(
    fc
      .array(fc.string({ minLength: 1 }), { minLength: 1 })
      .map(([name, ...rest]) => [`x-${name ?? ''}`, ...rest]),
  );

  it('keeps every tag it does not know, untouched and in order', () => {
    fc.assert(
      fc.property(unknown, unknown, (before, after) => {
        const old = {
          ...eventOf({ name: '', tags: [...before, ['d', 'c0ffee'], ['title', 'Old'], ...after] }),
        };
        const { tags } = makeNestEvent(input, { ...old, content: 'kept' });
        expect(tags.filter((tag) => tag[0]?.startsWith('x-'))).toEqual([...before, ...after]);
      }),
    );
  });

  it('replaces what it knows, and drops what it must never say', () => {
    const old = eventOf({
      name: '',
      tags: [
        ['d', 'old'],
        ['title', 'Old'],
        ['image', 'https://old.example/'],
        ['t', 'old'],
        ['endpoint', 'https://x'],
        ['auth', 'https://x'],
        ['a', `30312:${host}:elsewhere`, '', 'moved'],
        ['a', `30023:${host}:article`, '', 'mention'],
      ],
    });
    const { image, ...withoutImage } = input;
    const { tags } = makeNestEvent(withoutImage, old);
    expect(image).toBeDefined();
    expect(JSON.stringify(tags)).not.toMatch(/old|endpoint|auth|elsewhere/i);
    expect(tags).toContainEqual(['a', `30023:${host}:article`, '', 'mention']);
  });

  it('is newer than the one it replaces, even when that came from the future, and keeps its content', () => {
    const old = { ...asEvent(makeNestEvent(input)), created_at: now + 500, content: 'kept' };
    expect(makeNestEvent(input, old)).toMatchObject({ created_at: now + 501, content: 'kept' });
    expect(makeNestEvent({ ...input, now: now + 900 }, old).created_at).toBe(now + 900);
  });

  it('keeps where a speaker can be found', () => {
    const old = eventOf({ name: '', tags: [['p', other, 'wss://home.example', 'speaker']] });
    expect(makeNestEvent(input, old).tags).toContainEqual(['p', other, 'wss://home.example', 'speaker']);
  });
});

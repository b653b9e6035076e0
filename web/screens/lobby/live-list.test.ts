import type { NestListItem } from '@nests/protocol/api';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { liveList, type LiveList } from './live-list.ts';

const nest: NestListItem = {
  roomId: 'one',
  link: 'naddr1x',
  host: 'a'.repeat(64),
  participantCount: 4,
  speakers: [],
  hls_stream: false,
  createdAt: 1,
  startedAt: 1,
};

function setUp() {
  const stored = new Map<string, string>();
  const world = {
    answer: async (): Promise<{ nests: NestListItem[] }> => ({ nests: [nest] }),
    asked: 0,
    comeBack: () => {},
    stored,
  };
  const parts = {
    load: () => {
      world.asked += 1;
      return world.answer();
    },
    now: () => Date.now(),
    memory: {
      get: (key: string) => stored.get(key) ?? null,
      set: (key: string, value: string) => void stored.set(key, value),
    },
    onReturn: (again: () => void) => {
      world.comeBack = again;
      return () => (world.comeBack = () => {});
    },
  };
  return { world, open: () => liveList(parts) };
}

/** Looks at a list; `seen()` is what is on screen now. */
function look({ $list }: ReturnType<typeof liveList>) {
  let seen: LiveList | undefined;
  const stop = $list.subscribe((value) => (seen = value));
  return { stop, seen: () => seen };
}

const offline = () => Promise.reject(new Error('offline'));

describe('the list of the lobby', () => {
  beforeEach(() => vi.useFakeTimers({ now: 1_800_000_000_000 }));
  afterEach(() => vi.useRealTimers());

  it('asks every 15 s while somebody looks, and not after', async () => {
    const { world, open } = setUp();
    const { stop, seen } = look(open());
    await vi.advanceTimersByTimeAsync(0);
    expect(seen()).toMatchObject({ nests: [nest], failed: false });
    await vi.advanceTimersByTimeAsync(30_000);
    expect(world.asked).toBe(3);
    stop();
    await vi.advanceTimersByTimeAsync(2_000);
    const before = world.asked;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(world.asked).toBe(before);
  });

  it('asks at once when somebody returns to the page', async () => {
    const { world, open } = setUp();
    look(open());
    await vi.advanceTimersByTimeAsync(0);
    world.comeBack();
    expect(world.asked).toBe(2);
  });

  it('keeps showing what is known when the server cannot be reached, and says so', async () => {
    const { world, open } = setUp();
    const { seen } = look(open());
    await vi.advanceTimersByTimeAsync(0);
    world.answer = offline;
    await vi.advanceTimersByTimeAsync(15_000);
    expect(seen()).toMatchObject({ nests: [nest], failed: true });
  });

  it('remembers the last answer for a visit without network, but not for ever', async () => {
    const { world, open } = setUp();
    look(open());
    await vi.advanceTimersByTimeAsync(0);

    world.answer = offline;
    const soon = look(open());
    await vi.advanceTimersByTimeAsync(0);
    expect(soon.seen()).toMatchObject({ nests: [nest], failed: true });

    vi.setSystemTime(Date.now() + 7 * 3_600_000);
    const later = look(open());
    await vi.advanceTimersByTimeAsync(0);
    expect(later.seen()).toMatchObject({ nests: null, failed: true });
  });

  it.each(['{', 'null', '{"nests":[{}],"at":1800000000000}', '{"nests":3}'])(
    'is not led astray by %s in the memory',
    async (text) => {
      const { world, open } = setUp();
      world.stored.set('nests.lobby', text);
      world.answer = offline;
      const { seen } = look(open());
      await vi.advanceTimersByTimeAsync(0);
      expect(seen()).toMatchObject({ nests: null, failed: true });
    },
  );

  it('lets a late answer not overwrite a newer one', async () => {
    const { world, open } = setUp();
    const list = open();
    const { seen } = look(list);
    await vi.advanceTimersByTimeAsync(0);
    let late: (value: { nests: NestListItem[] }) => void = () => {};
    world.answer = () => new Promise((resolve) => (late = resolve));
    void list.refresh();
    world.answer = async () => ({ nests: [] });
    await list.refresh();
    late({ nests: [nest] });
    await vi.advanceTimersByTimeAsync(0);
    expect(seen()).toMatchObject({ nests: [] });
  });
});

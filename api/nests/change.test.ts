import { describe, expect, it } from 'vitest';
// eslint-disable-next-line no-restricted-imports -- what is tested is how changes meet in a store
import { makeMemoryStore } from '../store/memory-for-tests.ts';
import { Records } from './change.ts';
import { newRecord } from './create.ts';
import { NestError } from './errors.ts';
import { type NestStore, StoreUnavailable } from './ports.ts';
import type { NestRecord } from './record.ts';
import { VirtualClock } from './testing/virtual-clock.ts';

const first = newRecord('nest', 'a'.repeat(64), { relays: ['wss://relay.example'], hls_stream: false }, 1);

/** Records on a store whose puts are counted, and what was told of them. */
async function setUp(store: Partial<NestStore> = {}) {
  const clock = new VirtualClock();
  const memory = makeMemoryStore(clock);
  await memory.put(first, null);
  let puts = 0;
  const counting: NestStore = {
    ...memory,
    put: (record, rev) => {
      puts += 1;
      return memory.put(record, rev);
    },
    ...store,
  };
  const told: [number | undefined, number][] = [];
  const tell = (before: NestRecord | undefined, after: NestRecord) =>
    void told.push([before?.rev, after.rev]);
  return { memory, told, records: new Records(counting, clock, tell), puts: () => puts };
}

const join = (pubkey: string) => (record: NestRecord) => ({
  ...record,
  members: [...record.members, pubkey],
});

describe('changing a record', () => {
  it('writes the next revision and tells of it', async () => {
    const { records, memory, told } = await setUp();
    const { changed, record } = await records.change('nest', join('ann'));
    expect(changed).toBe(true);
    expect(record).toEqual({ ...first, rev: 2, members: ['ann'] });
    expect(await memory.get('nest')).toEqual(record);
    expect(told).toEqual([[1, 2]]);
  });

  it('writes nothing where nothing changes', async () => {
    const { records, puts, told } = await setUp();
    expect(await records.change('nest', (record) => record)).toMatchObject({
      changed: false,
      record: { rev: 1 },
    });
    expect([puts(), told]).toEqual([0, []]);
  });

  it('puts those that wait for each other into one write, each with its own answer', async () => {
    const { records, puts } = await setUp();
    const refuse = () => {
      throw new NestError('stage_full');
    };
    const results = await Promise.allSettled([
      records.change('nest', join('ann')),
      records.change('nest', join('bob')),
      records.change('nest', refuse),
      records.change('nest', (record) => record),
      records.change('nest', join('eve')),
    ]);
    expect(
      results.map((result) => (result.status === 'fulfilled' ? result.value.changed : 'refused')),
    ).toEqual([true, true, 'refused', false, true]);
    expect((await records.get('nest'))?.members).toEqual(['ann', 'bob', 'eve']);
    expect(puts()).toBe(2);
  });

  it('begins again from what another replica wrote meanwhile', async () => {
    const { records, memory } = await setUp();
    let meanwhile = true;
    const { before, record } = await records.change('nest', (found) => {
      if (meanwhile) void memory.put({ ...found, rev: 2, members: ['bob'] }, 1);
      meanwhile = false;
      return join('ann')(found);
    });
    expect(before.rev).toBe(2);
    expect(record).toMatchObject({ rev: 3, members: ['bob', 'ann'] });
  });

  it('gives up, without having written, when others never let it through', async () => {
    const { records, told } = await setUp({ put: async () => false });
    await expect(records.change('nest', join('ann'))).rejects.toMatchObject({ code: 'conflict' });
    expect(told).toEqual([]);
  });

  it('says when there is no such nest', async () => {
    const { records } = await setUp();
    await expect(records.change('another', join('ann'))).rejects.toMatchObject({ code: 'room_not_found' });
  });

  it('passes an outage on to everybody who waited, and goes on with the next', async () => {
    let down = true;
    const { records, memory } = await setUp();
    const failing = new Records(
      {
        ...memory,
        get: (id) => (down ? Promise.reject(new StoreUnavailable('down')) : memory.get(id)),
      },
      new VirtualClock(),
      () => undefined,
    );
    const results = await Promise.allSettled([
      failing.change('nest', join('ann')),
      failing.change('nest', join('bob')),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    down = false;
    expect((await failing.change('nest', join('eve'))).record.members).toEqual(['eve']);
    expect((await records.get('nest'))?.members).toEqual(['eve']);
  });
});

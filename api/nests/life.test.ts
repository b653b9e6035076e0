import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newRecord } from './create.ts';
import { NestError } from './errors.ts';
import { LIFE, STATES, stateOf, step, type LifeEvent, type State } from './life.ts';
import type { MoveOrigin, NestRecord } from './record.ts';

const NOW = 1_800_000_000_000;
const HOST = 'a'.repeat(64);
const OTHER = 'b'.repeat(64);

const active: NestRecord = {
  ...newRecord('nest', HOST, { relays: ['wss://relay.example'], hls_stream: false }, NOW - 60_000),
  generation: 3,
  lastGeneration: 4,
};
const moving = (from: MoveOrigin): NestRecord => ({
  ...active,
  idle: from === 'idle',
  generation: from === 'new' || from === 'planned' ? 0 : 3,
  lastGeneration: 5,
  pending: { generation: 5, since: NOW - 1_000, why: 'restart', from },
});
const records: Record<State, NestRecord> = {
  planned: { ...active, status: 'planned', generation: 0, lastGeneration: 0, starts: 1_800_003_600 },
  idle: { ...active, idle: true },
  live: active,
  restarting: moving('live'),
  ended: { ...active, status: 'ended', endedAt: NOW - 30_000 },
};
const banned: NestRecord = { ...active, bans: [{ pubkey: OTHER, by: HOST, at: NOW - 5_000 }] };

const events: { [E in LifeEvent['type']]: Extract<LifeEvent, { type: E }> } = {
  start: { type: 'start' },
  enter: { type: 'enter' },
  restart: { type: 'restart' },
  resume: { type: 'resume' },
  gone: { type: 'gone', generation: 3 },
  wiped: { type: 'wiped', generation: 3 },
  emptied: { type: 'emptied', generation: 3 },
  returned: { type: 'returned', pubkey: OTHER, generation: 3 },
  made: { type: 'made', generation: 5, sid: 'RM_5' },
  failed: { type: 'failed', generation: 5 },
  cleared: { type: 'cleared', generations: [2] },
  alive: { type: 'alive' },
  edit: { type: 'edit', edit: (record) => ({ ...record, hls_stream: !record.hls_stream }) },
  attend: { type: 'attend', edit: (record) => ({ ...record, hands: [{ pubkey: OTHER, since: NOW }] }) },
  end: { type: 'end' },
};

/** The state afterwards, `as it was`, or the refusal. */
function outcome(record: NestRecord, event: LifeEvent): string {
  try {
    const after = step(record, event, NOW);
    return after === record ? 'as it was' : stateOf(after);
  } catch (error) {
    if (error instanceof NestError) return error.code;
    throw error;
  }
}

describe('the life of a nest', () => {
  it('has an answer to every event in every state', () => {
    for (const state of STATES) {
      expect(stateOf(records[state])).toBe(state);
      expect(Object.keys(LIFE[state]).sort()).toEqual(Object.keys(events).sort());
    }
  });

  it('is this table', () => {
    const table = Object.fromEntries(
      STATES.map((state) => [
        state,
        Object.fromEntries(
          Object.entries(events).map(([name, event]) => [name, outcome(records[state], event)]),
        ),
      ]),
    );
    expect(table).toEqual({
      planned: {
        start: 'restarting',
        enter: 'not_started',
        restart: 'not_started',
        resume: 'as it was',
        gone: 'as it was',
        wiped: 'as it was',
        emptied: 'as it was',
        returned: 'as it was',
        made: 'conflict',
        failed: 'as it was',
        cleared: 'as it was',
        alive: 'as it was',
        edit: 'planned',
        attend: 'not_started',
        end: 'ended',
      },
      idle: {
        start: 'already_started',
        enter: 'restarting',
        restart: 'restarting',
        resume: 'as it was',
        gone: 'as it was',
        wiped: 'as it was',
        emptied: 'as it was',
        returned: 'as it was',
        made: 'conflict',
        failed: 'as it was',
        cleared: 'as it was',
        alive: 'as it was',
        edit: 'idle',
        attend: 'idle',
        end: 'ended',
      },
      live: {
        start: 'already_started',
        enter: 'as it was',
        restart: 'restarting',
        resume: 'as it was',
        gone: 'restarting',
        wiped: 'restarting',
        emptied: 'idle',
        returned: 'as it was',
        made: 'conflict',
        failed: 'as it was',
        cleared: 'as it was',
        alive: 'as it was',
        edit: 'live',
        attend: 'live',
        end: 'ended',
      },
      restarting: {
        start: 'already_started',
        enter: 'as it was',
        restart: 'as it was',
        resume: 'as it was',
        gone: 'as it was',
        wiped: 'as it was',
        emptied: 'as it was',
        returned: 'as it was',
        made: 'live',
        failed: 'live',
        cleared: 'as it was',
        alive: 'as it was',
        edit: 'restarting',
        attend: 'restarting',
        end: 'ended',
      },
      ended: {
        start: 'ended',
        enter: 'ended',
        restart: 'restarting',
        resume: 'as it was',
        gone: 'as it was',
        wiped: 'as it was',
        emptied: 'as it was',
        returned: 'as it was',
        made: 'ended',
        failed: 'as it was',
        cleared: 'as it was',
        alive: 'as it was',
        edit: 'ended',
        attend: 'ended',
        end: 'ended',
      },
    });
  });

  it('says when a planned nest starts to whoever comes too early', () => {
    expect(() => step(records.planned, events.enter, NOW)).toThrow(
      expect.objectContaining({ code: 'not_started', starts: 1_800_003_600 }),
    );
  });

  it('goes back to where it came from when LiveKit fails, and never uses the number again', () => {
    const origins = { planned: 'planned', idle: 'idle', live: 'live' } as const;
    for (const [from, state] of Object.entries(origins)) {
      const after = step(moving(from as keyof typeof origins), events.failed, NOW);
      expect(stateOf(after)).toBe(state);
      expect(after.lastGeneration).toBe(5);
      expect(after.pending).toBeUndefined();
    }
    const reopening = step(records.ended, events.restart, NOW);
    const after = step(reopening, { type: 'failed', generation: 5 }, NOW);
    expect(after).toMatchObject({ status: 'ended', endedAt: NOW - 30_000 });
  });

  it('has nowhere to go back to while it is being made', () => {
    const making = moving('new');
    expect(step(making, events.failed, NOW)).toBe(making);
  });

  it('retires the old room when it moves, and keeps everything else', () => {
    const { pending: _, ...rest } = moving('live');
    expect(step(moving('live'), events.made, NOW)).toEqual({
      ...rest,
      generation: 5,
      roomSid: 'RM_5',
      startedAt: NOW,
      restartedAt: NOW,
      lastAliveAt: NOW,
      retired: [{ generation: 3, at: NOW }],
    });
  });

  it('takes a restart within two seconds of the last one for that one', () => {
    const restarted = { ...active, restartedAt: NOW - 1_999 };
    expect(step(restarted, events.restart, NOW)).toBe(restarted);
    expect(stateOf(step({ ...active, restartedAt: NOW - 2_000 }, events.restart, NOW))).toBe('restarting');
  });

  it('joins a restart to the move under way', () => {
    const healing: NestRecord = {
      ...moving('live'),
      pending: { generation: 5, since: NOW - 1, why: 'heal', from: 'live' },
    };
    expect(step(healing, events.restart, NOW).pending).toEqual({ ...healing.pending, why: 'restart' });
  });

  it('takes up a move that was left long ago under a new number', () => {
    const stale: NestRecord = {
      ...active,
      lastGeneration: 5,
      pending: { generation: 5, since: NOW - 20_000, why: 'heal', from: 'live' },
    };
    for (const type of ['enter', 'restart', 'resume'] as const) {
      expect(step(stale, { type }, NOW)).toMatchObject({
        lastGeneration: 6,
        pending: { generation: 6, since: NOW, from: 'live' },
      });
    }
  });

  it('does not take news about an old room for news about this one', () => {
    for (const type of ['gone', 'wiped', 'emptied'] as const) {
      expect(step(active, { type, generation: 2 }, NOW)).toBe(active);
    }
    expect(step(banned, { type: 'returned', pubkey: OTHER, generation: 2 }, NOW)).toBe(banned);
  });

  it('moves once for a ban that was broken, then never again for that ban', () => {
    const returned = { type: 'returned', pubkey: OTHER, generation: 3 } as const;
    const moved = step(step(banned, returned, NOW), events.made, NOW + 100);
    expect(moved.bans).toEqual([{ pubkey: OTHER, by: HOST, at: NOW - 5_000, moved: true }]);
    expect(step(moved, { ...returned, generation: 5 }, NOW + 200)).toBe(moved);
  });

  it('does not count a ban that was made during a move as moved', () => {
    const during = { ...moving('live'), bans: [{ pubkey: OTHER, by: HOST, at: NOW - 500 }] };
    expect(step(during, events.made, NOW).bans).toEqual(during.bans);
  });

  it('reopens after its end under the same id', () => {
    const reopened = step(step(records.ended, events.restart, NOW), events.made, NOW);
    expect(reopened).toMatchObject({ status: 'active', generation: 5, roomSid: 'RM_5', restartedAt: NOW });
    expect(reopened.endedAt).toBeUndefined();
  });

  it('takes the rooms of a move under way with it when it ends', () => {
    expect(step(moving('live'), events.end, NOW).retired).toEqual([
      { generation: 3, at: NOW },
      { generation: 5, at: NOW },
    ]);
  });

  it('writes signs of life rarely', () => {
    expect(step({ ...active, lastAliveAt: NOW - 599_999 }, events.alive, NOW).lastAliveAt).toBe(
      NOW - 599_999,
    );
    expect(step({ ...active, lastAliveAt: NOW - 600_000 }, events.alive, NOW).lastAliveAt).toBe(NOW);
  });

  it('never changes a record in place, and never uses a number twice, whatever happens', () => {
    const anyEvent = fc.oneof(
      fc.constantFrom<LifeEvent>(
        events.start,
        events.enter,
        events.restart,
        events.resume,
        events.end,
        events.alive,
      ),
      fc
        .tuple(fc.constantFrom('gone', 'wiped', 'emptied', 'made', 'failed'), fc.integer({ min: 0, max: 12 }))
        .map(([type, generation]): LifeEvent => ({ type, generation, sid: 'RM_1' })),
      fc
        .integer({ min: 0, max: 12 })
        .map((generation): LifeEvent => ({ type: 'returned', pubkey: OTHER, generation })),
    );
    const schedule = fc.array(fc.tuple(anyEvent, fc.integer({ min: 0, max: 30_000 })), { maxLength: 60 });
    fc.assert(
      fc.property(fc.constantFrom(...STATES), schedule, (state, happenings) => {
        let record = deepFreeze({ ...structuredClone(records[state]), bans: banned.bans });
        let now = NOW;
        let confirmed = record.generation;
        for (const [event, pause] of happenings) {
          now += pause;
          const before = record;
          try {
            record = deepFreeze(step(record, event, now));
          } catch (error) {
            expect(error).toBeInstanceOf(NestError);
          }
          expect(record.lastGeneration).toBeGreaterThanOrEqual(before.lastGeneration);
          if (record.pending && record.pending.generation !== before.pending?.generation) {
            expect(record.pending.generation).toBeGreaterThan(before.lastGeneration);
          }
          expect(record.generation).toBeGreaterThanOrEqual(confirmed);
          expect(record.generation).toBeLessThanOrEqual(record.lastGeneration);
          expect(record.status === 'ended' && record.pending !== undefined).toBe(false);
          expect(STATES).toContain(stateOf(record));
          confirmed = record.generation;
        }
      }),
    );
  });
});

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}

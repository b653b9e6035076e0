import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { carryOut, type Attack } from './attack.ts';
import { badBodies, oddIds } from './bad-bodies.ts';
import { badConnections, badHeaders, badMethods, brokenUrls, signedCreation } from './bad-wire.ts';
import { forgedKeys } from './forged-keys.ts';
import { forgedSessions } from './forged-sessions.ts';
import { Fortress } from './target.ts';
import { hangUp, read, type Outcome } from './wire.ts';

/** How many malformed or forged requests are sent. */
const REQUESTS = Number(process.env['NESTS_LONG_REQUESTS'] ?? 100_000);
/** Where they come from; a failure names the seed of its own small batch. */
const SEED = Number(process.env['NESTS_LONG_SEED'] ?? Date.now() % 1_000_000_000);
/** One seed makes this many. */
const BATCH = 50;
/** Batches that are under way at once. */
const SIDE_BY_SIDE = 2;
/** So many before anything is measured: a process that has just started grows for reasons of its own. */
const WARM_UP = Math.max(2_000, REQUESTS / 10);
/** How much more the process may hold afterwards than before. */
const GROWTH = 1.2;
/** Connections that begin a request and fall silent, all the time. */
const STALLED = 50;
/** After how long (ms) the server has to be rid of those: its own limit, and some patience for a busy machine. */
const STALLED_MS = 40_000;
/** Enough to see what is wrong. */
const MOST_COMPLAINTS = 20;

const anything: fc.Arbitrary<Attack> = fc.oneof(
  { weight: 30, arbitrary: forgedKeys },
  { weight: 22, arbitrary: forgedSessions },
  { weight: 15, arbitrary: badBodies },
  { weight: 10, arbitrary: oddIds },
  { weight: 9, arbitrary: badHeaders },
  { weight: 4, arbitrary: badMethods },
  { weight: 6, arbitrary: brokenUrls },
  { weight: 4, arbitrary: badConnections },
);

/** What came of all of them. */
class Tally {
  sent = 0;
  readonly statuses = new Map<string, number>();
  readonly kinds = new Map<string, number>();
  readonly complaints: string[] = [];

  note(kind: string, outcomes: Outcome[]): void {
    this.sent += outcomes.length;
    add(this.kinds, kind, outcomes.length);
    for (const { statuses, code } of outcomes)
      add(this.statuses, [statuses.join('+') || 'closed', code].join(' ').trim());
  }
}

function add(counts: Map<string, number>, key: string, count = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

function table(counts: Map<string, number>): string {
  const rows = [...counts].sort(([, a], [, b]) => b - a);
  return rows.map(([key, count]) => `${String(count).padStart(8)}  ${key}`).join('\n');
}

/** What was generated, without what generates. */
function spell(data: unknown): string {
  const text = JSON.stringify(data, (_, value: unknown) =>
    value instanceof fc.Arbitrary ? undefined : value,
  );
  return text.slice(0, 1_000);
}

describe('requests that are malformed or forged', () => {
  const fortress = new Fortress();
  beforeAll(() => fortress.open(), 120_000);
  afterAll(async () => {
    hangUp();
    await fortress.close();
  });

  const attackWith = async (seed: number, tally: Tally): Promise<void> => {
    const attacks = fc.sample(anything, { seed, numRuns: BATCH });
    await Promise.all(
      attacks.map(async (attack, index) => {
        const { outcomes, complaint } = await carryOut(attack, fortress.target);
        tally.note(attack.kind, outcomes);
        if (complaint === undefined) return;
        const { kind, data } = attack;
        const repeat = `NESTS_LONG_SEED=${seed} NESTS_LONG_REQUESTS=${BATCH}, number ${index}`;
        tally.complaints.push(`${kind}: ${complaint} (${repeat}: ${spell(data)})`);
      }),
    );
  };

  const attackTimes = async (requests: number, firstSeed: number): Promise<Tally> => {
    const tally = new Tally();
    let seed = firstSeed;
    const worker = async (): Promise<void> => {
      while (tally.sent < requests && tally.complaints.length < MOST_COMPLAINTS)
        await attackWith(seed++, tally);
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
    return tally;
  };

  /** Begins requests of the host and falls silent; answers what came of them when the server had enough. */
  const stall = (): Promise<Outcome[]> =>
    Promise.all(
      Array.from({ length: STALLED }, (_, index) => {
        const whole = signedCreation(fortress.target);
        const socket = connect({ port: fortress.target.port, host: '127.0.0.1', allowHalfOpen: true });
        socket.write(whole.subarray(0, Math.floor((whole.length * index) / STALLED)));
        return read(socket, STALLED_MS);
      }),
    );

  it(
    'are refused, every one, while the server neither fails nor waits nor grows',
    { timeout: 300_000 + REQUESTS * 100 },
    async () => {
      const warmUp = await attackTimes(WARM_UP, SEED + 500_000_000);
      expect(warmUp.complaints).toEqual([]);
      const before = await fortress.residentMiB();

      const [tally, stalled] = await Promise.all([attackTimes(REQUESTS, SEED), stall()]);
      const after = await fortress.residentMiB();
      for (const outcome of stalled) tally.note('stalled', [outcome]);

      console.info(
        `${tally.sent} requests, seed ${SEED}, resident ${before.toFixed(0)} MiB before and ${after.toFixed(0)} MiB after\n` +
          `${table(tally.statuses)}\n\n${table(tally.kinds)}`,
      );
      expect(tally.complaints).toEqual([]);
      expect(
        stalled.filter(
          ({ hangs, statuses }) => hangs || statuses.some((status) => status < 400 || status > 499),
        ),
      ).toEqual([]);
      expect(fortress.isAlive()).toBe(true);
      expect(fortress.errors()).toEqual([]);
      expect(after).toBeLessThan(before * GROWTH);
      const records = await fortress.stopAndCompare();
      expect(records.after).toEqual(records.before);
    },
  );
});

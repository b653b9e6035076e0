import type { Clock, NestStore, Succession } from '../nests/ports.ts';
import { expiresAt, type NestRecord } from '../nests/record.ts';
import { UnreadableRecord } from './read-record.ts';

/** How many records are put back side by side. */
const SIDE_BY_SIDE = 64;

/** What a shadow is put back with. */
export interface PutBackParts {
  bare: NestStore;
  shadow: NestStore;
  clock: Pick<Clock, 'now'>;
  onChange: (nestId: string, requester?: string) => void;
  /** called now and then, and at the end, to say that this replica is still at it; what it throws ends the work */
  beat?: () => Promise<void>;
}

/**
 * Writes what a shadow knows and the shared store lacks or knows in an older state; says how many records. Pairs of old
 * and new nests come first: a nest that its host has replaced does not come back.
 */
export async function putBack(parts: PutBackParts): Promise<number> {
  const { bare, shadow, clock, onChange, beat } = parts;
  for (const { oldId, requester, newId } of await shadow.successors()) {
    await bare.claimSuccessor(oldId, requester, newId);
    onChange(oldId, requester);
  }
  const replaced = new Set((await bare.successors()).map(({ oldId, requester }) => `${oldId} ${requester}`));
  const records = (await shadow.all()).filter(
    (record) =>
      expiresAt(record) > clock.now() &&
      (record.status === 'ended' || !replaced.has(`${record.id} ${record.host}`)),
  );
  let written = 0;
  while (records.length > 0) {
    await beat?.();
    const batch = records.splice(0, SIDE_BY_SIDE);
    const done = await Promise.all(batch.map((record) => putBackOne(parts, record)));
    written += done.filter(Boolean).length;
  }
  for (const pair of await bare.successors()) await dropReplaced(parts, pair);
  await beat?.();
  return written;
}

async function putBackOne({ bare, shadow, onChange }: PutBackParts, record: NestRecord): Promise<boolean> {
  for (;;) {
    const there = await readable(bare, record.id);
    if (there === null) return false;
    if (there !== undefined && !supersedes(record, there)) {
      // Of two that have the same number, the one that was first is the truth from now on, in this shadow too.
      if (there.rev === record.rev) await shadow.put(there, record.rev);
      return false;
    }
    const next = there === undefined ? record : { ...record, rev: Math.max(record.rev, there.rev + 1) };
    if (!(await bare.put(next, there?.rev ?? null))) continue;
    if (next.rev !== record.rev) await shadow.put(next, record.rev);
    onChange(record.id);
    return true;
  }
}

/** Another replica may have put the old nest back before this one told of its successor. */
async function dropReplaced({ bare, onChange }: PutBackParts, pair: Succession): Promise<void> {
  const there = await readable(bare, pair.oldId);
  if (there?.host !== pair.requester || there.status === 'ended') return;
  if (await bare.drop(there.id, there.rev)) onChange(there.id);
}

/** Null where something is stored that is no nest: that is for the operator, and no reason to keep the others away. */
async function readable(bare: NestStore, id: string): Promise<NestRecord | null | undefined> {
  try {
    return await bare.get(id);
  } catch (error) {
    if (error instanceof UnreadableRecord) return null;
    throw error;
  }
}

/** Does what a shadow knows replace what another one has put back already? */
export function supersedes(mine: NestRecord, there: NestRecord): boolean {
  if (mine.status === 'ended' && there.status !== 'ended') return !reopenedAfter(there, mine);
  if (there.status === 'ended' && mine.status !== 'ended') return reopenedAfter(mine, there);
  // Two that went on from the same state without knowing of each other: rather keep somebody out.
  if (mine.rev === there.rev) return mine.bans.length > there.bans.length;
  return mine.rev > there.rev;
}

function reopenedAfter(record: NestRecord, tombstone: NestRecord): boolean {
  return record.rev > tombstone.rev && (record.restartedAt ?? 0) >= (tombstone.endedAt ?? Infinity);
}

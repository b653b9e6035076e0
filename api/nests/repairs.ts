import type { Log } from './ports.ts';

/** What the server repairs by itself. */
export const REPAIR_KINDS = [
  'nest_healed',
  'nest_idle',
  'move_finished',
  'move_abandoned',
  'record_restored',
  'room_orphan',
  'room_retired',
  'room_ended',
  'room_moved',
  'ban_enforced',
  'ban_moved',
  'person_removed',
  'rights_corrected',
  'hand_lowered',
  'metadata_rewritten',
  'successor_claimed',
  'nest_expired',
] as const;
export type RepairKind = (typeof REPAIR_KINDS)[number];

/** Counts repairs and says each one, with its reason, in one log line. */
export class Repairs {
  /** how often, by kind, since this process started */
  readonly counts: Record<RepairKind, number>;
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
    this.counts = Object.fromEntries(REPAIR_KINDS.map((kind) => [kind, 0])) as Record<RepairKind, number>;
  }

  /** One repair was made. */
  made(kind: RepairKind, nestId: string, reason: string, fields: object = {}): void {
    this.counts[kind] += 1;
    this.#log.info(`Repaired: ${reason}`, { repair: kind, nestId, ...fields });
  }
}

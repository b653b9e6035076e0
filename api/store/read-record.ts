import { type Log, StoreUnavailable } from '../nests/ports.ts';
import type { NestRecord } from '../nests/record.ts';

type Check = (value: unknown) => boolean;
type Fields = Record<string, unknown>;

const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const isCount: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const oneOf =
  (...words: string[]): Check =>
  (value) =>
    typeof value === 'string' && words.includes(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const objectOf =
  (shape: Record<string, Check>): Check =>
  (value) =>
    isObject(value) && Object.entries(shape).every(([field, check]) => check(value[field]));

/** What makes a nest: the fields that the contract names, and that operators may write by hand. */
const NEEDED: [field: keyof NestRecord, check: Check][] = [
  ['id', isText],
  ['host', isText],
  ['speakers', listOf(isText)],
  ['admins', listOf(isText)],
  ['relays', listOf(isText)],
  ['hls_stream', isFlag],
  ['createdAt', isNumber],
  ['status', oneOf('planned', 'active', 'ended')],
  ['generation', isCount],
  ['rev', isCount],
];

/** Our own fields, and what they are where somebody else wrote the record. */
const COMPLETED: [field: keyof NestRecord, check: Check, missing: (record: Fields) => unknown][] = [
  ['bans', listOf(objectOf({ pubkey: isText, by: isText, at: isNumber })), () => []],
  ['removedGuests', listOf(isText), () => []],
  ['members', listOf(isText), () => []],
  ['invites', listOf(objectOf({ id: isText, hash: isText, by: isText, at: isNumber })), () => []],
  ['hands', listOf(objectOf({ pubkey: isText, since: isNumber })), () => []],
  ['retired', listOf(objectOf({ generation: isCount, at: isNumber })), () => []],
  ['access', oneOf('public', 'invite'), () => 'public'],
  ['guests', isFlag, () => true],
  ['idle', isFlag, () => false],
  ['lastGeneration', isCount, ({ generation }) => generation],
  ['lastAliveAt', isNumber, ({ createdAt }) => createdAt],
];

const OPTIONAL: [field: keyof NestRecord, check: Check][] = [
  ['stageLimit', isCount],
  ['capacity', isCount],
  ['startedAt', isNumber],
  ['starts', isNumber],
  ['roomSid', isText],
  ['pending', objectOf({ generation: isCount, since: isNumber, why: isText, from: isText })],
  ['restartedAt', isNumber],
  ['originalRoomId', isText],
  ['isRecreated', isFlag],
  ['endedAt', isNumber],
];

/**
 * The record in its JSON. What a record written by hand leaves out is completed, so that nothing behind this meets half a nest.
 * @throws Error that says what is wrong with it
 */
export function readRecord(text: string): NestRecord {
  const found: unknown = JSON.parse(text);
  if (!isObject(found)) throw new Error('it is no object');
  for (const [field, check] of NEEDED) insist(check, field, found);
  for (const [field, check, missing] of COMPLETED) {
    if (found[field] === undefined) found[field] = missing(found);
    else insist(check, field, found);
  }
  for (const [field, check] of OPTIONAL) if (found[field] !== undefined) insist(check, field, found);
  return found as unknown as NestRecord; // each field was looked at above
}

function insist(check: Check, field: string, record: Fields): void {
  if (!check(record[field])) throw new Error(`its field ${field} is missing or wrong`);
}

/** Something is stored, and it is no nest: it must not look missing, nor stand in the way of others. */
export class UnreadableRecord extends StoreUnavailable {
  override name = 'UnreadableRecord';
}

/** Reads what a store has under its ids. One nest that somebody spoilt by hand is no reason to lose sight of the others. */
export class RecordReader {
  readonly #log: Pick<Log, 'error'> | undefined;
  readonly #told = new Set<string>();

  constructor(log: Pick<Log, 'error'> | undefined) {
    this.#log = log;
  }

  /** @throws UnreadableRecord */
  one(id: string, text: string): NestRecord {
    try {
      const record = readRecord(text);
      if (record.id !== id) throw new Error('it names another id');
      return record;
    } catch (cause) {
      throw new UnreadableRecord(`What is stored under ${id} is not a nest`, { cause });
    }
  }

  /** All that are nests; each of the others is logged once. */
  many(entries: Iterable<[id: string, text: string]>): NestRecord[] {
    const records: NestRecord[] = [];
    for (const [id, text] of entries) {
      try {
        records.push(this.one(id, text));
      } catch (error) {
        if (!this.#told.has(id)) this.#log?.error('A stored nest cannot be read', { nestId: id, error });
        this.#told.add(id);
      }
    }
    return records;
  }
}

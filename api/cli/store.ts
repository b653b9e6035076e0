import { createInterface } from 'node:readline/promises';
import type { NestStore } from '../nests/ports.ts';
import type { NestRecord } from '../nests/record.ts';

/**
 * Writes every nest of the store, tombstones included, one JSON object a line (NDJSON).
 * @returns the exit code
 */
export async function storeExport(store: NestStore, output: NodeJS.WritableStream): Promise<number> {
  const records = await store.all();
  for (const record of records) output.write(`${JSON.stringify(record)}\n`);
  process.stderr.write(`nests: ${records.length} nests exported\n`);
  return 0;
}

/**
 * Reads nests as `storeExport` writes them into the store. A nest that the store knows in the same or a newer state is left alone.
 * @returns the exit code
 * @throws Error naming the first line that is not a nest; what stood before it is imported
 */
export async function storeImport(store: NestStore, input: NodeJS.ReadableStream): Promise<number> {
  let written = 0;
  let kept = 0;
  let number = 0;
  for await (const line of createInterface({ input })) {
    number += 1;
    if (line.trim() === '') continue;
    const record = recordIn(line, number);
    const there = await store.get(record.id);
    if (there !== undefined && there.rev >= record.rev) kept += 1;
    else if (await store.put(record, there?.rev ?? null)) written += 1;
    else throw new Error(`line ${number}: nest ${record.id} changed meanwhile; stop the API and try again`);
  }
  process.stderr.write(`nests: ${written} nests imported, ${kept} left as they are\n`);
  return 0;
}

/** The record in one line; only what the store itself needs is checked. */
function recordIn(line: string, number: number): NestRecord {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new Error(`line ${number} is not JSON`);
  }
  const record = value as Partial<NestRecord> | null;
  const whole =
    typeof record === 'object' &&
    typeof record?.id === 'string' &&
    typeof record.host === 'string' &&
    Number.isSafeInteger(record.rev) &&
    ['planned', 'active', 'ended'].includes(record.status ?? '');
  if (!whole) throw new Error(`line ${number} is not a nest`);
  return record as NestRecord;
}

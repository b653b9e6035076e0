import { createInterface } from 'node:readline/promises';
import type { NestStore, Succession } from '../nests/ports.ts';
import type { NestRecord } from '../nests/record.ts';
import { readRecord } from '../store/read-record.ts';

/**
 * Writes every nest of the store, tombstones included, and who replaced which missing nest, one JSON object a line (NDJSON).
 * @returns the exit code
 */
export async function storeExport(store: NestStore, output: NodeJS.WritableStream): Promise<number> {
  const records = await store.all();
  const pairs = await store.successors();
  for (const each of [...records, ...pairs]) output.write(`${JSON.stringify(each)}\n`);
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
    const value = valueIn(line, number);
    if (isSuccession(value)) {
      await store.claimSuccessor(value.oldId, value.requester, value.newId);
      continue;
    }
    const record = recordIn(line, number);
    const there = await store.get(record.id);
    if (there !== undefined && there.rev >= record.rev) kept += 1;
    else if (await store.put(record, there?.rev ?? null)) written += 1;
    else throw new Error(`line ${number}: nest ${record.id} changed meanwhile; stop the API and try again`);
  }
  process.stderr.write(`nests: ${written} nests imported, ${kept} left as they are\n`);
  return 0;
}

function valueIn(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(`line ${number} is not JSON`);
  }
}

function isSuccession(value: unknown): value is Succession {
  if (typeof value !== 'object' || value === null) return false;
  const { oldId, requester, newId } = value as Partial<Record<keyof Succession, unknown>>;
  return [oldId, requester, newId].every((each) => typeof each === 'string' && each !== '');
}

function recordIn(line: string, number: number): NestRecord {
  try {
    return readRecord(line);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`line ${number} is not a nest: ${why}`, { cause });
  }
}

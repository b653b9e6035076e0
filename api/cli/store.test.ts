import { randomUUID } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { makeMemoryStore } from '../store/memory-for-tests.ts';
import { aRecord } from '../store/store.contract.ts';
import { storeExport, storeImport } from './store.ts';

const clock = { now: () => Date.now() };

it('carries every nest, and who replaced which missing one, into another store', async () => {
  const [from, to] = [makeMemoryStore(clock), makeMemoryStore(clock)];
  const nest = aRecord();
  const oldId = randomUUID();
  await from.put(nest, null);
  await from.claimSuccessor(oldId, nest.host, nest.id);
  const output = new PassThrough();
  await storeExport(from, output);
  output.end();
  await storeImport(to, Readable.from([await text(output)]));
  expect(await to.get(nest.id)).toEqual(nest);
  expect(await to.successor(oldId, nest.host)).toBe(nest.id);
});

it.each([
  ['is not JSON', '{"id":'],
  ['is not a nest', '{"id":"a","host":"b","rev":1,"status":"active"}'],
  ['is not a nest: its field bans', JSON.stringify({ ...aRecord(), bans: 'nobody' })],
  ['is not a nest: its field hands', JSON.stringify({ ...aRecord(), hands: [null] })],
])('refuses a line that %s, and says which', async (why, line) => {
  const store = makeMemoryStore(clock);
  const nest = aRecord();
  const input = Readable.from([`${JSON.stringify(nest)}\n${line}\n`]);
  await expect(storeImport(store, input)).rejects.toThrow(`line 2 ${why}`);
  expect(await store.all()).toEqual([nest]);
});

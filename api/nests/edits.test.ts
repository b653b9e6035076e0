import { randomBytes } from 'node:crypto';
import { guestIdentity, personIdentity } from '@nests/protocol/identity';
import { describe, expect, it } from 'vitest';
import { newRecord } from './create.ts';
import {
  addInvite,
  addMembers,
  banPerson,
  bringOnStage,
  raiseHand,
  removePerson,
  setAdmin,
  takeOffStage,
} from './edits.ts';
import { NestError } from './errors.ts';
import type { Edit } from './life.ts';
import { makeSeal } from './seal.ts';

/** LiveKit refuses longer room metadata ("metadata size exceeds limits 524288"). */
const LIVEKIT_MOST = 524_288;
const NOW = 1_800_000_000_000;

const key = (): string => randomBytes(32).toString('hex');
/** As long as a reason may be, and nothing that compresses. */
const reason = (): string =>
  String.fromCharCode(...Array.from({ length: 280 }, () => 0x800 + (randomBytes(2).readUInt16LE() % 0xd000)));

const host = key();
const empty = newRecord('a-nest', host, { relays: ['wss://relay.example'], hls_stream: false }, NOW);

/** The record when an edit was repeated until it was refused, and the refusal. */
function filled(from: typeof empty, edit: () => Edit): { record: typeof empty; code: string } {
  let record = from;
  for (let count = 0; count < 10_000; count += 1) {
    try {
      record = edit()(record);
    } catch (error) {
      if (error instanceof NestError) return { record, code: error.code };
      throw error;
    }
  }
  return { record, code: 'never refused' };
}

describe('a record whose lists are all full', () => {
  it('refuses more, and still fits into LiveKit’s room metadata', () => {
    const codes: string[] = [];
    let record = empty;
    for (const edit of [
      () => banPerson({ pubkey: key(), by: host, at: NOW, reason: reason() }),
      () => addMembers([key()]),
      () => addInvite({ id: key(), hash: key(), by: host, at: NOW }),
      () => raiseHand(key(), NOW),
      () => {
        const admin = key();
        const named = setAdmin(admin, true);
        return (found: typeof empty) => takeOffStage(admin)(named(found));
      },
      () => bringOnStage(key()),
    ]) {
      const result = filled(record, edit);
      codes.push(result.code);
      record = result.record;
    }
    for (let count = 0; count < 600; count += 1) {
      const who = count % 2 ? guestIdentity(key()) : personIdentity(key(), key());
      record = removePerson(null, [who])(record);
    }
    expect(codes).toEqual([...Array<string>(5).fill('rate_limited'), 'stage_full']);
    const { bans, members, invites, hands, admins, speakers } = record;
    const lengths = [bans, members, invites, hands, admins, speakers].map((list) => list.length);
    expect(lengths).toEqual([1_000, 3_000, 100, 1_000, 100, 200]);
    const sealed = makeSeal(['the secret of this test']).close(record);
    expect(Buffer.byteLength(sealed)).toBeLessThan(LIVEKIT_MOST);
  });

  it('keeps the reasons of the latest bans', () => {
    let record = empty;
    for (let count = 0; count < 120; count += 1) {
      record = banPerson({ pubkey: key(), by: host, at: NOW, reason: `reason ${count}` })(record);
    }
    expect(record.bans.map((ban) => ban.reason)).toEqual([
      ...Array<undefined>(20).fill(undefined),
      ...Array.from({ length: 100 }, (_, index) => `reason ${index + 20}`),
    ]);
  });
});

import { identityPubkey } from '@nests/protocol/identity';
import { roomName } from '@nests/protocol/rooms';
import { expect } from 'vitest';
import { type Schedule, SLOWEST_MS } from './schedule.ts';
import type { World } from './world.ts';

/** Everything that must be true of the world after any schedule. */
export async function expectOrder(schedule: Schedule): Promise<void> {
  const { world, known } = schedule;
  const records = new Map((await world.truth.all()).map((record) => [record.id, record]));
  const live = [...records.values()].filter(({ status, idle }) => status === 'active' && !idle);

  for (const { id, host, bans, endedAt, restarts } of known) {
    const record = records.get(id);
    expect(record?.host, `nest ${id} is lost or has another host`).toBe(host);
    for (const { pubkey } of bans) {
      expect(
        record?.bans.map((ban) => ban.pubkey),
        'a ban was forgotten',
      ).toContain(pubkey);
    }
    const lastEnd = Math.max(-Infinity, ...endedAt);
    const reopened = restarts.some(({ answered }) => answered >= lastEnd - SLOWEST_MS);
    if (endedAt.length > 0 && !reopened) expect(record?.status, 'a nest rose from the dead').toBe('ended');
  }
  const recreated = [...records.values()].filter(({ isRecreated }) => isRecreated).map(({ host }) => host);
  expect(new Set(recreated).size, 'two nests in place of one').toBe(recreated.length);
  const strangers = [...records.keys()].filter((id) => !known.some((nest) => nest.id === id));
  expect(strangers.length, 'nests that nobody was told of').toBeLessThanOrEqual(schedule.lostReplies);

  const rooms = live.map(({ id, generation }) => roomName(id, generation));
  expect(world.media.roomNames.sort(), 'rooms and records disagree').toEqual(rooms.sort());
  for (const record of records.values()) {
    expect(record.pending, 'a move was never finished').toBeUndefined();
    // A tombstone may remember a room that is gone; nobody asks it.
    if (record.status !== 'ended') expect(record.retired, 'a room was never retired').toEqual([]);
  }
  for (const record of live) {
    for (const { identity, canPublish } of await world.media.participants(
      roomName(record.id, record.generation),
    )) {
      const pubkey = identityPubkey(identity);
      expect(
        record.bans.some((ban) => ban.pubkey === pubkey),
        'a banned key is inside',
      ).toBe(false);
      expect(canPublish, 'LiveKit and the record disagree about the stage').toBe(
        pubkey !== null && record.speakers.includes(pubkey),
      );
    }
  }
  // While a call is on its way LiveKit may lose the room and then make another: for a moment there may be two, not for long.
  const sids = new Map<string, string>();
  for (const { room, roomSid } of schedule.connections.filter((one) => one.isInside())) {
    expect(sids.get(room) ?? roomSid, `people are in two rooms called ${room}`).toBe(roomSid);
    sids.set(room, roomSid);
  }
  expectHistory(world);
}

/** What the stored records and the rooms that were made say about the way here. */
function expectHistory({ history, media }: World): void {
  const last = new Map<string, (typeof history)[number]>();
  for (const record of history) {
    const before = last.get(record.id);
    if (before) {
      expect(record.host, 'a second host').toBe(before.host);
      expect(record.generation).toBeGreaterThanOrEqual(before.generation);
      const isNewMove = record.pending && record.pending.generation !== before.pending?.generation;
      if (isNewMove) {
        expect(record.pending?.generation, 'a number was intended twice').toBeGreaterThan(
          before.lastGeneration,
        );
      }
    }
    last.set(record.id, record);
  }
  expect([...media.madeAgain], 'a room was asked for again after people had been in it').toEqual([]);
}

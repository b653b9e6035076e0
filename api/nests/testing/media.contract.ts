import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guestIdentity, personIdentity } from '@nests/protocol/identity';
import { roomName } from '@nests/protocol/rooms';
import type { MediaParticipant, MediaServer } from '../ports.ts';

/** An SFU under test. */
export interface MediaUnderTest {
  media: MediaServer;
  /** Joins a room with a token; absent where the test has no client. Resolves when LiveKit has let it in. */
  connect?(token: string): Promise<{ leave(): Promise<void> }>;
  /** What the SFU's own clock shows, in unix ms. */
  now(): number;
  stop(): Promise<void>;
}

const SPEAKER = 'c'.repeat(64);

/** What every SFU has to keep: the real LiveKit and the one of the tests. */
export function mediaContract(name: string, make: () => Promise<MediaUnderTest>): void {
  describe(`${name} as a media server`, () => {
    let under: MediaUnderTest;
    let media: MediaServer;
    beforeAll(async () => {
      under = await make();
      media = under.media;
    });
    afterAll(() => under.stop());

    const aRoom = async (metadata = '{"rev":1}') => {
      const room = roomName(randomUUID(), 1);
      return { room, made: await media.createRoom(room, { metadata, maxParticipants: 10 }) };
    };

    it('answers a ping', async () => {
      await expect(media.ping()).resolves.toBeUndefined();
    });

    it('makes a room and lists it, by name and among all', async () => {
      const { room, made } = await aRoom('{"rev":3}');
      expect(made).toMatchObject({ name: room, participants: 0, metadata: '{"rev":3}' });
      expect(made.sid).not.toBe('');
      expect(made.createdAt).toBeGreaterThan(Date.UTC(2020, 0));
      expect(await media.rooms([room])).toMatchObject([{ name: room, sid: made.sid, metadata: '{"rev":3}' }]);
      expect((await media.rooms()).map((one) => one.name)).toContain(room);
    });

    it('answers a live room unchanged when it is made again', async () => {
      const { room, made } = await aRoom('{"rev":1}');
      const again = await media.createRoom(room, { metadata: '{"rev":2}', maxParticipants: 99 });
      expect(again.sid).toBe(made.sid);
      expect((await media.rooms([room]))[0]?.metadata).toBe('{"rev":1}');
    });

    it('lists only rooms that are there', async () => {
      const { room } = await aRoom();
      expect(await media.rooms([roomName(randomUUID(), 1)])).toEqual([]);
      expect(await media.rooms([roomName(randomUUID(), 1), room])).toHaveLength(1);
    });

    it('rewrites the metadata of a room, and says when there is none', async () => {
      const { room } = await aRoom();
      expect(await media.setMetadata(room, '{"rev":9}')).toBe(true);
      expect((await media.rooms([room]))[0]?.metadata).toBe('{"rev":9}');
      expect(await media.setMetadata(roomName(randomUUID(), 1), 'x')).toBe(false);
    });

    it('deletes a room once', async () => {
      const { room } = await aRoom();
      expect(await media.deleteRoom(room)).toBe(true);
      expect(await media.rooms([room])).toEqual([]);
      expect(await media.deleteRoom(room)).toBe(false);
    });

    it('has nobody in a missing room and does nothing to them', async () => {
      const room = roomName(randomUUID(), 1);
      const identity = personIdentity(SPEAKER, 'x');
      expect(await media.participants(room)).toEqual([]);
      expect(await media.remove(room, identity)).toBe(false);
      expect(
        await media.setRole(room, identity, { role: 'speaker', pubkey: SPEAKER, canPublish: true }),
      ).toBe(false);
      expect(await media.muteMicrophone(room, identity)).toBe(0);
      await expect(media.send(room, { type: 'ended' })).resolves.toBeUndefined();
    });

    it('has nobody of that name in a room that is there', async () => {
      const { room } = await aRoom();
      expect(await media.participants(room)).toEqual([]);
      expect(await media.remove(room, guestIdentity('nobody'))).toBe(false);
      expect(await media.setRole(room, guestIdentity('nobody'), { role: 'guest', canPublish: false })).toBe(
        false,
      );
      expect(await media.muteMicrophone(room, guestIdentity('nobody'))).toBe(0);
    });

    it('makes tokens that are strings', async () => {
      const token = await media.token({
        room: roomName(randomUUID(), 1),
        identity: guestIdentity('x'),
        role: 'guest',
        canPublish: false,
        ttlS: 60,
      });
      expect(typeof token).toBe('string');
      expect(token.length).toBeGreaterThan(20);
    });

    it('shows who is inside, gives and takes the stage, removes', async (context) => {
      const connect = under.connect?.bind(under);
      if (!connect) return context.skip();
      const { room } = await aRoom();
      const identity = personIdentity(SPEAKER, 'device');
      const before = under.now();
      const token = await media.token({
        room,
        identity,
        role: 'listener',
        pubkey: SPEAKER,
        canPublish: false,
        ttlS: 60,
      });
      const connection = await connect(token);
      const person = async (): Promise<MediaParticipant | undefined> => (await media.participants(room))[0];

      await expect.poll(person).toMatchObject({
        identity,
        canPublish: false,
        hidden: false,
        attributes: { role: 'listener', pubkey: SPEAKER },
      });
      // In ms, not in seconds; the two clocks need not agree exactly.
      expect((await person())?.joinedAt).toBeGreaterThan(before - 3_600_000);

      expect(
        await media.setRole(room, identity, { role: 'speaker', pubkey: SPEAKER, canPublish: true }),
      ).toBe(true);
      await expect.poll(person).toMatchObject({
        canPublish: true,
        attributes: { role: 'speaker', pubkey: SPEAKER },
      });
      expect(
        await media.setRole(room, identity, { role: 'listener', pubkey: SPEAKER, canPublish: false }),
      ).toBe(true);
      await expect.poll(person).toMatchObject({ canPublish: false, attributes: { role: 'listener' } });

      expect(await media.remove(room, identity)).toBe(true);
      await expect.poll(() => media.participants(room)).toEqual([]);
      await connection.leave();
    });
  });
}

import { beforeEach, describe, expect, it } from 'vitest';
import { person, refusal, withSession, World } from './testing/world.ts';

const host = person('host');
const ann = person('ann');
const eve = person('eve');

let world: World;
let id: string;
beforeEach(async () => {
  world = new World();
  const entry = await world.openNest(host);
  id = entry.roomId;
  world.media.connect(entry.token);
});

const permit = (can_publish = true) =>
  world.nests.permissions(id, host, { participant: ann.pubkey, can_publish });

describe('the queue of hands', () => {
  it('is in the order of the server’s time, each hand once', async () => {
    for (const actor of [ann, eve, ann]) {
      await world.nests.hand(id, actor, true);
      await world.clock.sleep(10);
    }
    expect((await world.record(id)).hands.map(({ pubkey }) => pubkey)).toEqual([ann.pubkey, eve.pubkey]);
    await world.nests.hand(id, ann, false);
    expect((await world.record(id)).hands.map(({ pubkey }) => pubkey)).toEqual([eve.pubkey]);
  });

  it('loses nobody when two hundred raise and lower theirs at once on two replicas', async () => {
    const replica = world.addReplica();
    const people = Array.from({ length: 200 }, (_, index) => person(`p${index}`));
    world.storeCalls.length = 0;
    await Promise.all(
      people.map((who, index) => (index % 2 ? replica : world.replica()).nests.hand(id, who, true)),
    );
    const raised = (await world.record(id)).hands;
    expect(new Set(raised.map(({ pubkey }) => pubkey)).size).toBe(200);
    expect(raised.map(({ since }) => since)).toEqual(
      [...raised].map(({ since }) => since).sort((a, b) => a - b),
    );
    expect(new Set(raised.map(({ since }) => since)).size).toBe(200);
    const lower = people.filter((_, index) => index % 3 === 0);
    await Promise.all(
      lower.map((who, index) => (index % 2 ? replica : world.replica()).nests.hand(id, who, false)),
    );
    expect((await world.record(id)).hands).toHaveLength(200 - lower.length);
    // Written together: far fewer writes than hands.
    expect(world.storeCalls.filter((call) => call === 'put').length).toBeLessThan(50);
  });

  it('is for people with a key who are not on stage', async () => {
    const guest = await world.nests.guest(id);
    expect(await refusal(world.nests.hand(id, withSession(guest), true))).toBe('forbidden');
    await world.nests.hand(id, host, true);
    expect((await world.record(id)).hands).toEqual([]);
  });

  it('lets go of whoever comes on stage', async () => {
    await world.nests.hand(id, ann, true);
    await permit();
    expect((await world.record(id)).hands).toEqual([]);
  });

  it('lets go of whoever is told "not now"', async () => {
    await world.nests.hand(id, ann, true);
    expect(await permit(false)).toMatchObject({ changed: true });
    expect((await world.record(id)).hands).toEqual([]);
  });

  it('keeps the place of somebody who reconnects, and not of somebody who left', async () => {
    const connection = await world.enter(id, ann);
    await world.nests.hand(id, ann, true);
    await world.sweep.once('live');
    connection.leave();
    await world.sweep.once('live');
    await world.clock.sleep(15_000);
    await world.sweep.once('live');
    expect((await world.record(id)).hands).toHaveLength(1);
    const again = await world.enter(id, ann);
    await world.sweep.once('live');
    again.leave();
    await world.sweep.once('live');
    await world.clock.sleep(15_000);
    await world.sweep.once('live');
    expect((await world.record(id)).hands).toHaveLength(1);
    await world.clock.sleep(5_000);
    await world.sweep.once('live');
    expect((await world.record(id)).hands).toEqual([]);
    expect(world.repairs.hand_lowered).toBe(1);
  });

  it('is for those who may be inside', async () => {
    await world.nests.patch(id, host, { access: 'invite' });
    expect(await refusal(world.nests.hand(id, eve, true))).toBe('invite_only');
    await world.nests.addMember(id, host, eve.pubkey);
    expect(await refusal(world.nests.hand(id, eve, true))).toBe('no refusal');
    await world.nests.removeMember(id, host, eve.pubkey);
    expect(await refusal(world.nests.hand(id, eve, true))).toBe('invite_only');
    expect((await world.record(id)).hands).toEqual([]);
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { person, World } from './testing/world.ts';

const ann = person('ann');

let world: World;
let id: string;
beforeEach(async () => {
  world = new World();
  id = (await world.openNest(person('host'))).roomId;
  await world.settled();
});

describe('a room that is not listed, and about which LiveKit is silent for a while', () => {
  it('leads to the next room sooner than two silences could last: both questions wait at the same time', async () => {
    await world.enter(id, ann);
    await world.clock.sleep(2_000);
    world.media.kill();
    world.media.participants = async (_room: string, patienceMs = 1_000) => {
      await world.clock.sleep(patienceMs);
      return [];
    };
    const asked = world.clock.now();
    expect((await world.nests.guest(id)).generation).toBe(2);
    expect(world.clock.now() - asked).toBe(1_500);
  });

  it('is known not to be gone when the first question is answered during the second look', async () => {
    await world.enter(id, ann);
    await world.clock.sleep(2_000);
    world.media.wipe();
    const inside = await world.media.participants(`${id}:1`);
    expect(inside).toHaveLength(1);
    const replies = [{ afterMs: 1_400, people: inside }];
    world.media.participants = async (_room: string, patienceMs = 1_000) => {
      const { afterMs, people } = replies.shift() ?? { afterMs: Infinity, people: [] };
      await world.clock.sleep(Math.min(afterMs, patienceMs));
      return afterMs < patienceMs ? people : [];
    };
    expect((await world.nests.guest(id)).generation).toBe(2);
    expect(world.lines.map(({ message }) => message)).toContain('Repaired: LiveKit lost its list of rooms');
  });
});

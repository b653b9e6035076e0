import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectOrder } from './testing/order.ts';
import { EVERYTHING, LOSSES, plansOf, Schedule } from './testing/schedule.ts';

/** How many schedules are tried; a long night may want thousands. */
const SCHEDULES = Number(process.env['NESTS_SCHEDULES'] ?? 200);
const timeout = 60_000 + SCHEDULES * 1_000;

/** Tries schedules until one goes wrong, which is then shown with its seed, made as short as possible. */
async function tryAll(
  acts: Parameters<typeof plansOf>[0],
  look: (schedule: Schedule) => void,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(plansOf(acts), async (plan) => {
      const schedule = new Schedule(plan);
      await schedule.run();
      await expectOrder(schedule);
      look(schedule);
      // Whoever is still open lets people in.
      for (const { id } of schedule.known) {
        const record = await schedule.world.record(id);
        if (record.status !== 'active') continue;
        const { token } = await schedule.alive().nests.guest(id);
        expect(schedule.world.media.connect(token).isInside()).toBe(true);
      }
    }),
    { numRuns: SCHEDULES },
  );
}

describe('whatever happens, in whatever order, while anything fails', () => {
  it(
    'no nest is lost, none rises from the dead, no room is an orphan, no ban is forgotten, no number is used twice',
    { timeout },
    async () => {
      let nests = 0;
      await tryAll(EVERYTHING, ({ known }) => (nests += known.length));
      expect(nests).toBeGreaterThan(SCHEDULES);
    },
  );

  it('lost records come back from their rooms, with their people, roles and bans', { timeout }, async () => {
    let losses = 0;
    await tryAll(LOSSES, (schedule) => (losses += schedule.losses));
    expect(losses).toBeGreaterThan(SCHEDULES / 4);
  });
});

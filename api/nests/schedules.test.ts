import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectOrder } from './testing/order.ts';
import { anyPlan, Schedule } from './testing/schedule.ts';

/** How many schedules are tried; a long night may want thousands. */
const SCHEDULES = Number(process.env['NESTS_SCHEDULES'] ?? 200);

describe('whatever happens, in whatever order, while anything fails', () => {
  it(
    'no nest is lost, none rises from the dead, no room is an orphan, no ban is forgotten, no number is used twice',
    { timeout: 60_000 + SCHEDULES * 500 },
    async () => {
      let nests = 0;
      await fc.assert(
        fc.asyncProperty(anyPlan, async (plan) => {
          const schedule = new Schedule(plan);
          await schedule.run();
          await expectOrder(schedule);
          nests += schedule.known.length;
          // Whoever is still open lets people in.
          for (const { id } of schedule.known) {
            const record = await schedule.world.record(id);
            if (record.status !== 'active') continue;
            const connection = schedule.world.media.connect((await schedule.alive().nests.guest(id)).token);
            expect(connection.isInside()).toBe(true);
          }
        }),
        { numRuns: SCHEDULES, endOnFailure: false },
      );
      expect(nests).toBeGreaterThan(SCHEDULES);
    },
  );
});

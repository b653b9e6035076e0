import { expect, it } from 'vitest';
import { countDomain, Metrics } from './metrics.ts';
import type { Census } from './nests/census.ts';
import { person, World } from './nests/testing/world.ts';

it('counts nests, people and repairs, at the replica that sweeps', async () => {
  const world = new World();
  const other = world.addReplica();
  const [here, there] = [new Metrics('1.0.0'), new Metrics('1.0.0')];
  countDomain(here, world.replica(), () => world.clock.now());
  countDomain(there, other, () => world.clock.now());
  const { roomId } = await world.openNest(person('host'));
  await world.enter(roomId, person('ann'));
  await world.openNest(person('eve'));
  expect(await here.text()).not.toMatch(/^nests_nests\{/m);

  await world.sweep.once('all');
  await other.sweep.once('all');
  const text = await here.text();
  expect(text).toContain('nests_nests{state="live"} 2');
  expect(text).toContain('nests_nests{state="planned"} 0');
  expect(text).toContain('\nnests_participants 1');
  expect(text).toContain('nests_repairs_total{kind="room_orphan"} 0');
  expect(text).toContain('\nnests_sweep_age_seconds 0');
  expect(await there.text()).not.toMatch(/^nests_(nests|participants)/m);

  await world.clock.sleep(31_000);
  await other.sweep.once('all');
  expect(await here.text()).not.toMatch(/^nests_(nests|participants)/m);
  expect(await here.text()).toContain('\nnests_sweep_age_seconds 31');
  expect(await there.text()).toContain('nests_nests{state="live"} 2');
});

it('forgets a number that is no longer there', async () => {
  let census: Census | undefined = {
    at: 0,
    nests: { planned: 1, idle: 0, live: 0, restarting: 0 },
    participants: 3,
  };
  const metrics = new Metrics('1.0.0');
  const sweep = {
    get census() {
      return census;
    },
  };
  countDomain(metrics, { sweep, repairs: new World().repairs }, () => 1000);
  expect(await metrics.text()).toContain('\nnests_participants 3');
  census = undefined;
  expect(await metrics.text()).not.toContain('\nnests_participants 3');
});

it('shows our own faults before the first one happens, so that an alert sees that one', async () => {
  const metrics = new Metrics('1.0.0');
  const token = 'nests_joins_total{kind="guest",outcome="token_failed"}';
  expect(await metrics.text()).toContain(`${token} 0`);
  metrics.join({ kind: 'guest', outcome: 'token_failed' });
  expect(await metrics.text()).toContain(`${token} 1`);

  const error = 'nests_http_requests_total{method="GET",route="/health",status="500"}';
  metrics.request({ method: 'GET', route: '/health', status: 200, seconds: 0 });
  expect(await metrics.text()).toContain(`${error} 0`);
  metrics.request({ method: 'GET', route: '/health', status: 500, seconds: 0 });
  expect(await metrics.text()).toContain(`${error} 1`);
});

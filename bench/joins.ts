import { checkJoins, checkOpenDoors } from './load/check.ts';
import { closedLoop, type Measured } from './load/closed-loop.ts';
import { openNest, type OpenNest } from './load/nest.ts';
import type { Running } from './load/processes.ts';
import { startFounding, startLiveKit, startMoq, startNests, startRedis } from './load/servers.ts';
import { getRequest, joinPath, signedJoins } from './load/signed.ts';
import { say, sizeFrom, type Figure } from './report.ts';

/** How many requests of a kind one round sends to Nests. */
const SIGNED = sizeFrom('BENCH_SIGNED', 12_000);
const PLAIN = sizeFrom('BENCH_PLAIN', 40_000);
const ROUNDS = sizeFrom('BENCH_ROUNDS', 3);
/** The references get fewer, for about the same time. */
const REFERENCE_SHARE = 1 / 3;
/** Sent before a kind is measured, as a part of what one round sends: engines compile what is used often. */
const WARM_UP_SHARE = 1 / 4;

interface Contestant extends Running {
  name: string;
  nest: OpenNest;
  share: number;
}

type MakeRequests = (contestant: Contestant, count: number) => Promise<string[]>;

const signed: MakeRequests = ({ port, nest }, count) => signedJoins(port, nest.id, count);
const plain =
  (what: 'guest' | 'info'): MakeRequests =>
  async ({ nest }, count) =>
    Array.from<string>({ length: count }).fill(getRequest(`${joinPath(nest.id)}/${what}`));

/**
 * Signed joins, guest joins and room info: Nests beside the servers of the generations before it, in one run, all on the same core
 * and with the same Redis (TARGETS P4, P5). First each server shows that it does the work.
 */
export async function measureJoins(): Promise<Figure[]> {
  say('joins: starting Redis, LiveKit, Nests and both references');
  const [redis, livekit] = await Promise.all([startRedis(), startLiveKit()]);
  const servers = [
    await startNests({ livekit, redis }),
    await startFounding({ livekit, redis }),
    await startMoq(),
  ] as const;
  const [own, old, relay] = servers;
  const nests = { name: 'Nests', ...own, nest: await openNest(own.port), share: 1 };
  const founding = {
    name: 'founding',
    ...old,
    nest: await openNest(old.port),
    share: REFERENCE_SHARE,
  };
  const moq = { name: 'MoQ', ...relay, nest: nests.nest, share: REFERENCE_SHARE };
  for (const { name, port, nest } of [nests, founding, moq]) await checkJoins(name, port, nest.id);
  for (const { name, port, nest } of [nests, founding]) await checkOpenDoors(name, port, nest);
  say('joins: all servers let the right ones in and refuse the others');

  const [join, joinFounding, joinMoq] = await compare('signed join', [nests, founding, moq], SIGNED, signed);
  const [guest, guestFounding] = await compare('guest join', [nests, founding], PLAIN, plain('guest'));
  const [info, infoFounding] = await compare('room info', [nests, founding], PLAIN, plain('info'));
  for (const part of [...servers, livekit, redis]) await part.stop();
  return [
    ratio('P4 signed join beside the founding server', join, joinFounding, 6),
    ratio('P4 signed join beside the MoQ generation', join, joinMoq, 4.5),
    ratio('P5 guest join beside the founding server', guest, guestFounding, 6),
    ratio('P5 room info beside the founding server', info, infoFounding, 6),
  ];
}

/** The best round of each contestant; they take turns, so that a disturbance meets all alike. */
async function compare(
  kind: string,
  contestants: Contestant[],
  count: number,
  requests: MakeRequests,
): Promise<Measured[]> {
  for (const one of contestants)
    await closedLoop(one, await requests(one, Math.ceil(count * one.share * WARM_UP_SHARE)));
  const found: Measured[][] = contestants.map(() => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, one] of contestants.entries())
      found[index]?.push(await closedLoop(one, await requests(one, Math.ceil(count * one.share))));
  }
  const best = found.map((rounds) =>
    rounds.reduce((a, b) => (a.requestsPerSecond >= b.requestsPerSecond ? a : b)),
  );
  const shown = contestants.map(({ name }, index) => `${name} ${best[index] ? describe(best[index]) : ''}`);
  say(`${kind}: ${shown.join(', ')}`);
  return best;
}

const describe = ({ requestsPerSecond, p99, busy, load }: Measured): string =>
  `${requestsPerSecond.toFixed(0)}/s (p99 ${p99.toFixed(1)} ms; its core ${(busy * 100).toFixed(0)} % used, the load ${(load * 100).toFixed(0)} %)`;

function ratio(what: string, ours?: Measured, theirs?: Measured, target = 1): Figure {
  if (ours === undefined || theirs === undefined) throw new Error(`${what}: nothing was measured`);
  return {
    what,
    found: ours.requestsPerSecond / theirs.requestsPerSecond,
    unit: 'times',
    target,
    wanted: 'at least',
    because: `${ours.requestsPerSecond.toFixed(0)}/s beside ${theirs.requestsPerSecond.toFixed(0)}/s`,
  };
}

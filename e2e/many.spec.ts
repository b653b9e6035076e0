import { roomName } from '@nests/protocol/rooms';
import { expect } from '@playwright/test';
import { clusterForThisFile, REPLICAS, type Info } from './support/cluster.ts';
import { comeOnStage, connected, hears, joinAsGuest, joinSignedIn, test, unmute } from './support/journey.ts';
import { call, Keyholder } from './support/keyholder.ts';
import {
  allFallSilent,
  allHearAgain,
  measure,
  report,
  secondsUntilHeard,
  watch,
  withinLimits,
  type Watch,
} from './support/listening.ts';
import type { Person } from './support/person.ts';
import { ANNS_TONE, CLEOS_TONE, conversation, type Conversation } from './support/scenes.ts';

const cluster = clusterForThisFile();
// Each may try three times, and waits for what takes a machine under load longer.
test.describe.configure({ timeout: 300_000 });

/** What an ear may miss where nobody is moved: nothing but what a busy machine loses by itself. */
const NOTHING = { gapMs: 60, doublingMs: 20 };
/** Times here are printed; they fail a test only where something is wrong, not where the machine is slow. */
const PATIENCE_MS = 30_000;
const LONGEST_GAP_MS = 5_000;

const at = (path: string): string => `${cluster().url}/api/v1/nests${path}`;
const secondsSince = (moment: number): string => ((Date.now() - moment) / 1000).toFixed(1);
const identities = (inside: { identity: string; sid: string }[]): string[] =>
  inside.map(({ identity, sid }) => `${identity} ${sid}`).sort();

// A fault of the test before may still keep the proxy from asking the replicas.
test.beforeEach(async () => {
  const answers = (): Promise<boolean> => fetch(cluster().url).then(({ ok }) => ok);
  await expect.poll(answers, { message: 'the web app is there', timeout: PATIENCE_MS }).toBe(true);
});

/** What is kept whatever happens. */
const kept = ({ host, speakers }: Info): object => ({ host, speakers });

/** Waits until a whole answer comes through the proxy. */
async function proxyAnswers(nestId: string): Promise<void> {
  const status = (): Promise<number> =>
    call('GET', at(`/${nestId}/info`)).then(
      (answer) => answer.status,
      () => 0,
    );
  await expect.poll(status, { message: 'the proxy answers', timeout: PATIENCE_MS }).toBe(200);
}

test('each replica serves the nest that the other one made; either dies and nobody hears of it', async ({
  people,
}) => {
  // With one replica alive at a time, it is certain who does what.
  await cluster().kill('nests-api-2');
  const { nest, ann, ben, ears } = await conversation(people, cluster(), async () => {
    await cluster().startAgain('nests-api-2');
    await cluster().kill('nests-api');
  });
  await cluster().startAgain('nests-api');
  const said = (replica: string, text: string): boolean =>
    cluster()
      .said(replica, nest.id)
      .some((line) => line.includes(text));
  expect(REPLICAS.map((replica) => said(replica, 'Created a nest'))).toEqual([true, false]);
  expect(said('nests-api-2', '"call":"put"'), 'the hand was raised at the other one').toBe(true);
  const same = { generation: 1, participantCount: 3 };
  await expect.poll(() => infos(nest.id)).toMatchObject([same, same]);
  const [before] = await infos(nest.id);

  for (const replica of REPLICAS) {
    await withinLimits(`${replica} killed`, NOTHING, async () => {
      const watches = await watch(ears);
      const [killed] = await cluster().kill(replica);
      await proxyAnswers(nest.id);
      await cluster().startAgain(replica);
      expect(cluster().pid(replica)).not.toBe(killed);
      await allHearAgain(watches, { steadyS: 3 });
      return measure(watches);
    });
  }
  expect(await infos(nest.id)).toEqual([before, before]);

  const dora = await people.arrive('Dora', { beside: ben });
  await joinSignedIn(dora, nest.link);
  await comeOnStage(dora, ann);
  await unmute(dora);
  await hears(ann, 1000);
  await hears(dora, ANNS_TONE);
});

test('the records are deleted from Redis: they are back in seconds, and nobody hears of it', async ({
  people,
}) => {
  const { nest, ann, ben, cleo, ears } = await conversation(people, cluster());
  const [before] = await infos(nest.id);
  const room = roomName(nest.id, before!.generation);
  const inside = identities(await cluster().inside(room));
  expect(inside).toHaveLength(3);
  const record = (): Promise<string> => cluster().redis('get', `nest:${nest.id}`);
  expect(await record()).toContain(nest.id);

  await withinLimits('our keys deleted', NOTHING, async () => {
    const watches = await watch(ears);
    const moment = Date.now();
    expect(await deleteOurKeys(nest.id), 'the record is gone, LiveKit has its keys').toEqual([0, 1]);
    await expect.poll(record, { timeout: PATIENCE_MS, intervals: [100] }).toContain(nest.id);
    report('our keys deleted', `the record was back after ${secondsSince(moment)} s`);
    await expect
      .poll(() => infos(nest.id), { timeout: PATIENCE_MS, intervals: [100] })
      .toEqual([before, before]);
    const seconds = secondsSince(moment);
    report('our keys deleted', `both replicas served the nest again after ${seconds} s`);
    expect(Number(seconds)).toBeLessThan(16);
    await allHearAgain(watches, { steadyS: 3 });
    return measure(watches);
  });
  expect(identities(await cluster().inside(room)), 'nobody has connected anew').toEqual(inside);
  for (const person of [ann, ben, cleo]) await expect(connected(person)).toBeVisible();
});

/** All that is ours, at one stroke; answers whether the record and LiveKit's rooms are there afterwards. */
async function deleteOurKeys(nestId: string): Promise<number[]> {
  const script = `
    for _, pattern in ipairs({'nest:*', 'nests:*'}) do
      for _, key in ipairs(redis.call('KEYS', pattern)) do redis.call('DEL', key) end
    end
    return {redis.call('EXISTS', 'nest:${nestId}'), redis.call('EXISTS', 'rooms')}`;
  return (await cluster().redis('eval', script, '0')).split('\n').map(Number);
}

test('the Redis of all is emptied: everybody is together again, in one other room', async ({ people }) => {
  const talk = await conversation(people, cluster());
  const [before] = await infos(talk.nest.id);
  const watches = await watch(talk.ears);
  const moment = Date.now();
  await empty();
  await allTogetherAgain('Redis emptied', talk, before!, watches, moment);
  await newcomerHearsAll(talk, await people.arrive('Dora', { beside: talk.ben }));
});

test('the Redis of all is emptied and both replicas die with it: the nest comes back from their disks, and so do bans and ends', async ({
  people,
}) => {
  const talk = await conversation(people, cluster());
  const [before] = await infos(talk.nest.id);
  const { unwelcome, guarded, over } = await neighbours();
  const refused = async (): Promise<unknown[]> => {
    const banned = await unwelcome.request('GET', at(`/${guarded}`));
    const ended = await unwelcome.request('GET', at(`/${over}`));
    return [banned.status, banned.body?.['code'], ended.status];
  };
  expect(await refused()).toEqual([403, 'banned', 410]);

  const watches = await watch(talk.ears);
  const moment = Date.now();
  const [killed] = await Promise.all([cluster().kill(...REPLICAS), empty()]);
  expect(await cluster().redis('exists', `nest:${talk.nest.id}`, 'nests:epoch')).toBe('0');
  await cluster().startAgain(...REPLICAS);
  for (const [n, replica] of REPLICAS.entries()) expect(cluster().pid(replica)).not.toBe(killed[n]);
  report('Redis emptied, replicas killed', `the replicas were back after ${secondsSince(moment)} s`);
  await allTogetherAgain('Redis emptied, replicas killed', talk, before!, watches, moment);
  expect(await refused(), 'what was forbidden is forbidden').toEqual([403, 'banned', 410]);
  await newcomerHearsAll(talk, await people.arrive('Dora', { beside: talk.ben }));
});

test('Redis dies and comes back: nobody hears of it, and whoever wants in meanwhile is told when to try again', async ({
  people,
}) => {
  const talk = await conversation(people, cluster());
  const { nest, ears } = talk;
  const [before] = await infos(nest.id);
  const enter = (place: string): Promise<[number, boolean]> =>
    call('GET', `${place}/api/v1/nests/${nest.id}/guest`).then(
      ({ status, headers }) => [status, headers.has('retry-after')],
      () => [0, false],
    );
  const places = REPLICAS.map((replica) => cluster().replicaUrl(replica));

  await withinLimits('Redis killed', NOTHING, async () => {
    const watches = await watch(ears);
    const [killed] = await cluster().kill('redis');
    for (const place of places) await expect.poll(() => enter(place)).toEqual([503, true]);
    await cluster().startAgain('redis');
    const moment = Date.now();
    expect(cluster().pid('redis')).not.toBe(killed);
    for (const place of [...places, cluster().url]) {
      await expect.poll(() => enter(place), { timeout: PATIENCE_MS, intervals: [100] }).toEqual([200, false]);
    }
    report('Redis killed', `everybody could come in ${secondsSince(moment)} s after it was back`);
    await allHearAgain(watches, { steadyS: 3 });
    return measure(watches);
  });
  await newcomerHearsAll(talk, await people.arrive('Dora', { beside: talk.ben }));
  await expect
    .poll(() => infos(nest.id), { timeout: PATIENCE_MS })
    .toEqual(REPLICAS.map(() => ({ ...before, participantCount: 4 })));
});

test('the node of LiveKit that holds the nest dies: everybody hears again on the other one', async ({
  people,
}) => {
  const talk = await conversation(people, cluster());
  const [before] = await infos(talk.nest.id);
  const [node = ''] = cluster().nodesOf(roomName(talk.nest.id, before!.generation));
  const watches = await watch(talk.ears);
  const moments = new Map<Person, number>();
  for (const { person } of watches) moments.set(person, await person.hearing.now());
  const [killed] = await cluster().kill(node);
  await allFallSilent(watches);
  await allHearAgain(watches);
  const seconds = await secondsUntilHeard(watches, moments);
  report(`${node} killed`, `everybody heard again after ${seconds.toFixed(1)} s`);
  report(`${node} killed`, await measure(watches));
  expect(seconds).toBeLessThan(PATIENCE_MS / 1000);
  const whole = { ...kept(before!), participantCount: 3 };
  await expect.poll(() => infos(talk.nest.id), { timeout: PATIENCE_MS }).toMatchObject([whole, whole]);
  const [one, other] = await infos(talk.nest.id);
  expect(one?.generation).toBe(other?.generation);
  await cluster().startAgain(node);
  expect(cluster().pid(node)).not.toBe(killed);
  await newcomerHearsAll(talk, await people.arrive('Dora', { beside: talk.ben }));
});

/** Removes everything from Redis, LiveKit's keys too. */
async function empty(): Promise<void> {
  expect(Number(await cluster().redis('dbsize'))).toBeGreaterThan(5);
  const script = `redis.call('FLUSHALL') return redis.call('DBSIZE')`;
  expect(await cluster().redis('eval', script, '0'), 'nothing is left').toBe('0');
}

/** Two nests next door: one with somebody banned, one that is over. */
async function neighbours(): Promise<{ unwelcome: Keyholder; guarded: string; over: string }> {
  const [host, unwelcome] = [new Keyholder(), new Keyholder()];
  const create = async (): Promise<string> => {
    const made = await host.request('PUT', at(''), { relays: ['wss://relay.example'], hls_stream: false });
    expect(made.status).toBe(200);
    return String(made.body?.['roomId']);
  };
  const [guarded, over] = [await create(), await create()];
  const ban = { participant: unwelcome.pubkey, ban: true };
  expect((await host.request('POST', at(`/${guarded}/remove`), ban)).status).toBe(204);
  expect((await host.request('DELETE', at(`/${over}`))).status).toBe(204);
  return { unwelcome, guarded, over };
}

/**
 * Everybody who was in a nest is in its next room, one and the same, and hears whoever talks: told by LiveKit, by each
 * replica, and by the ears.
 */
async function allTogetherAgain(
  what: string,
  { nest, ann, ben, cleo }: Conversation,
  before: Info,
  watches: Watch[],
  moment: number,
): Promise<void> {
  const next = roomName(nest.id, before.generation + 1);
  const inside = (generation: number): Promise<number> =>
    cluster()
      .inside(roomName(nest.id, generation))
      .then(({ length }) => length);
  const soon = { timeout: PATIENCE_MS, intervals: [100] };
  await expect.poll(() => inside(before.generation + 1), soon).toBe(3);
  report(what, `everybody was together in the next room after ${secondsSince(moment)} s`);
  await expect.poll(() => inside(before.generation), soon).toBe(0);
  report(what, `everybody had let go of the last one after ${secondsSince(moment)} s`);

  await allHearAgain(watches, { steadyS: 3, withinMs: PATIENCE_MS });
  const figures = await measure(watches);
  report(what, figures);
  expect(Math.max(...figures.map(({ gapMs }) => gapMs))).toBeLessThan(LONGEST_GAP_MS);

  const whole = { ...kept(before), generation: before.generation + 1, participantCount: 3 };
  await expect.poll(() => infos(nest.id), { timeout: PATIENCE_MS }).toMatchObject([whole, whole]);
  await expect.poll(() => roomsWithPeople(nest.id), { timeout: PATIENCE_MS }).toEqual([next]);
  expect(cluster().nodesOf(next), 'one room, on one node').toHaveLength(1);
  for (const person of [ann, ben, cleo]) await expect(connected(person)).toBeVisible();
}

/** The rooms of a nest on LiveKit's list in which somebody is. */
async function roomsWithPeople(nestId: string): Promise<string[]> {
  const rooms = await cluster().livekit.listRooms();
  const busy = rooms.filter(({ name, numParticipants }) => name.startsWith(nestId) && numParticipants > 0);
  return busy.map(({ name }) => name);
}

/** What each replica itself says of a nest; nothing until both do. */
async function infos(nestId: string): Promise<Info[]> {
  const both = await cluster()
    .infos(nestId)
    .catch(() => []);
  return both.map((info) => ({ ...info, speakers: [...info.speakers].sort() }));
}

/** Somebody who comes now is where everybody is. */
async function newcomerHearsAll({ nest }: Conversation, newcomer: Person): Promise<void> {
  await joinAsGuest(newcomer, nest.link);
  await hears(newcomer, ANNS_TONE);
  await hears(newcomer, CLEOS_TONE);
}

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { envelope, type Sound } from './support/analysis.ts';
import { Intruder } from './support/intruder.ts';
import { connected, HEARD_DB, hears, test } from './support/journey.ts';
import { call, Keyholder } from './support/keyholder.ts';
import { report, watch } from './support/listening.ts';
import type { Person } from './support/person.ts';
import { ANNS_TONE, conversation } from './support/scenes.ts';
import { stackForThisFile } from './support/stack.ts';

const stack = stackForThisFile();
/** How long somebody who was banned goes on trying, in seconds. */
const SIEGE_S = 20;
const MALLORYS_TONE = 880;

test('whoever is banned is not heard again, and hears nothing, however often they come back', async ({
  people,
}) => {
  await loseWebhooks();
  const { nest, ann, ben } = await conversation(people, stack());
  const nestUrl = `${stack().url}/api/v1/nests/${nest.id}`;
  const infoOf = async () => (await call('GET', `${nestUrl}/info`)).body;

  const mallory = new Keyholder();
  const seat = await speakersSeat(nestUrl, mallory, ann);
  const program = await Intruder.arrive(people, 'Mallory', MALLORYS_TONE, stack().url);
  await program.begin(seat.url, seat.token);
  await hears(ben, MALLORYS_TONE);
  await hears(program.person, ANNS_TONE);
  const [bensEar, malloryEar] = await watch([
    [ben, MALLORYS_TONE],
    [program.person, ANNS_TONE],
  ]);
  const before = await infoOf();

  const stage = ann.page.getByRole('list', { name: 'Stage' });
  await stage.getByRole('button', { name: /npub/ }).click();
  const sheet = ann.page.getByRole('dialog');
  await sheet.getByRole('button', { name: /^Ban/ }).click();
  const [fromBen, fromMallory] = [await ben.hearing.now(), await program.person.hearing.now()];
  await sheet.getByRole('button', { name: 'Ban', exact: true }).click();
  await expect
    .poll(() => stack().logs(), 'they came back, and the API noticed without a webhook')
    .toContain('a banned key came back with an old token');

  const until = fromBen + SIEGE_S * 48_000;
  await expect.poll(() => ben.hearing.now(), { timeout: (SIEGE_S + 10) * 1000 }).toBeGreaterThan(until);
  const voice = audibleMs(await ben.hearing.since(fromBen, until), MALLORYS_TONE, bensEar?.usual ?? 1);
  const siege = await program.person.hearing.since(fromMallory, fromMallory + SIEGE_S * 48_000);
  const heard = audibleMs(siege, ANNS_TONE, malloryEar?.usual ?? 1);
  const { entered } = await program.intrusions();
  report(
    'banned, with webhooks lost',
    `heard for ${voice.firstMs} ms after the click, then ${voice.laterMs} ms in ${SIEGE_S} s and ${entered - 1} ` +
      `returns; heard others for ${heard.firstMs} ms, then ${heard.laterMs} ms`,
  );
  expect(entered).toBeGreaterThan(1);
  for (const ear of [voice, heard]) {
    expect(ear.firstMs).toBeLessThan(2_000);
    expect(ear.laterMs).toBeLessThan(2_000);
  }

  // The nest moved once, which made the old token worthless, and everybody else moved with it.
  const after = await infoOf();
  expect(after?.['generation']).toBe(Number(before?.['generation']) + 1);
  await hears(ben, ANNS_TONE);
  for (const person of [ann, ben]) await expect(connected(person)).toBeVisible();
  expect(await mallory.request('GET', nestUrl)).toMatchObject({ status: 403, body: { code: 'banned' } });
  expect((await call('POST', `${nestUrl}/token`, undefined, seat.authorization)).status).toBe(403);
});

/** LiveKit tells the API nothing any more: its configuration names an address where nobody is, and it was started anew. */
async function loseWebhooks(): Promise<void> {
  const file = join(stack().data, 'livekit.yaml');
  const config = readFileSync(file, 'utf8');
  const deaf = config.replace('/api/v1/livekit/webhook', '/nobody-listens-here');
  expect(deaf).not.toBe(config);
  writeFileSync(file, deaf);
  await stack().kill('livekit');
  await expect.poll(() => stack().livekitAnswers(), { timeout: 30_000 }).toBe(true);
  await expect.poll(() => call('GET', `${stack().url}/ready`).then(({ status }) => status)).toBe(200);
}

/** Joins without a browser, is brought on stage by the host, and gets a speaker's token. */
async function speakersSeat(
  nestUrl: string,
  keyholder: Keyholder,
  host: Person,
): Promise<{ url: string; token: string; authorization: string }> {
  const joined = await keyholder.request('GET', nestUrl);
  const authorization = `Bearer ${String(joined.body?.['session'])}`;
  const hosts = [...host.secrets].findLast((secret) => secret.startsWith('n1.')) ?? '';
  const onStage = JSON.stringify({ participant: keyholder.pubkey, can_publish: true });
  const permitted = await call('POST', `${nestUrl}/permissions`, onStage, `Bearer ${hosts}`);
  expect(permitted.status).toBe(201);
  const { body } = await call('POST', `${nestUrl}/token`, undefined, authorization);
  expect(body).toMatchObject({ role: 'speaker' });
  const [endpoint] = body?.['endpoints'] as string[];
  return { url: String(endpoint).replace('+livekit', ''), token: String(body?.['token']), authorization };
}

/** How long (ms) a tone went on from the beginning, and how much of it came afterwards. */
function audibleMs(sound: Sound, hz: number, usual: number): { firstMs: number; laterMs: number } {
  const level = Math.min(usual, 10 ** (HEARD_DB / 20)) / 2;
  const audible = Array.from(envelope(sound, hz), (amplitude) => amplitude > level);
  // A silence of a tenth of a second is no longer a stutter.
  const quiet = audible.findIndex((_, ms) => !audible.slice(ms, ms + 100).includes(true));
  const firstMs = quiet < 0 ? audible.length : quiet;
  return { firstMs, laterMs: audible.slice(firstMs).filter(Boolean).length };
}

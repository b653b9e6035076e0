import { expect } from '@playwright/test';
import { strongestTone } from './support/analysis.ts';
import {
  comeOnStage,
  hears,
  hearsNo,
  joinAsGuest,
  joinSignedIn,
  moveToAudience,
  mute,
  MUTED_BY_DB,
  openNest,
  test,
  unmute,
} from './support/journey.ts';
import { conversation } from './support/scenes.ts';
import { stackForThisFile } from './support/stack.ts';

const stack = stackForThisFile();

test('a new person opens a nest by the screens alone, and a guest hears her, not when she is muted', async ({
  people,
}) => {
  const [ann, ben] = [await people.arrive('Ann', { tone: 440 }), await people.arrive('Ben', { tone: 1000 })];
  const { link } = await openNest(ann, stack());
  expect(await ann.hearing.microphoneRequests(), 'nothing is asked for before she unmutes').toBe(0);
  await joinAsGuest(ben, link);
  await unmute(ann);

  await hears(ben, 440);
  const loud = await ben.hearing.last(1);
  expect(Math.abs(strongestTone(loud).hz - 440)).toBeLessThanOrEqual(5);
  const level = await ben.hearing.toneDb(440);

  await mute(ann);
  await expect.poll(() => ben.hearing.toneDb(440)).toBeLessThan(level - MUTED_BY_DB);
  await unmute(ann);
  await expect.poll(() => ben.hearing.toneDb(440)).toBeGreaterThan(level - 3);
  expect(await ben.hearing.microphoneRequests(), 'a guest is never asked for the microphone').toBe(0);
});

test('a listener raises a hand, is invited, speaks beside the host, and is moved back', async ({
  people,
}) => {
  const [ann, ben, cleo] = await Promise.all([
    people.arrive('Ann', { tone: 440 }),
    people.arrive('Ben', { tone: 1000 }),
    people.arrive('Cleo', { tone: 660 }),
  ]);
  const { link } = await openNest(ann, stack());
  await unmute(ann);
  await joinAsGuest(ben, link);
  await joinSignedIn(cleo, link);
  await hears(cleo, 440);
  expect(await cleo.hearing.microphoneRequests(), 'a listener is never asked for the microphone').toBe(0);

  await comeOnStage(cleo, ann);
  await hearsNo(ben, 660);
  await unmute(cleo);
  await hears(ben, 660);
  await hears(ben, 440);
  await hears(ann, 660);

  await moveToAudience(ann, cleo);
  await hearsNo(ben, 660, 2_500);
  await expect(cleo.page.getByText('You are in the audience now').first()).toBeVisible();
  await expect(cleo.page.getByRole('button', { name: 'Unmute microphone' })).toBeHidden();
  await hears(ben, 440);
});

test('logs and consoles hold no token, no key and no header', async ({ people }) => {
  const { ann, ben, cleo } = await conversation(people, stack());
  const secrets = [ann, ben, cleo].flatMap((person) => [...person.secrets]);
  expect(secrets.length).toBeGreaterThan(5);
  const written = [stack().logs(), ...[ann, ben, cleo].flatMap((person) => person.console)].join('\n');
  expect(written.length).toBeGreaterThan(1000);
  for (const secret of [...secrets, ...stack().keys()])
    expect(written.includes(secret), 'a secret was written down').toBe(false);
  // JSON Web Tokens, signed headers, secret keys: whatever they are called.
  for (const pattern of [
    /eyJ[\w-]{10,}\.[\w-]{10,}/,
    /Authorization/i,
    /Nostr [A-Za-z0-9+/=]{40,}/,
    /Bearer [\w.-]{20,}/,
    /nsec1/,
  ]) {
    expect(pattern.exec(written)?.[0]).toBeUndefined();
  }
});

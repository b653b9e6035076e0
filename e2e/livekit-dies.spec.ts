import { expect } from '@playwright/test';
import { test } from './support/journey.ts';
import {
  allFallSilent,
  allHearAgain,
  measure,
  report,
  secondsUntilHeard,
  watch,
} from './support/listening.ts';
import type { Person } from './support/person.ts';
import { conversation } from './support/scenes.ts';
import { stackForThisFile } from './support/stack.ts';

const stack = stackForThisFile();

test('LiveKit is killed and comes back: everybody hears again without a click', async ({ people }) => {
  const { ears } = await conversation(people, stack());
  const watches = await watch(ears);
  await stack().kill('livekit');
  await expect
    .poll(() => stack().livekitAnswers(), { message: 'LiveKit answers', timeout: 30_000 })
    .toBe(true);

  const answered = new Map<Person, number>();
  for (const { person } of watches) answered.set(person, await person.hearing.now());
  await allFallSilent(watches);
  await allHearAgain(watches, { withinMs: 90_000 });
  const measured = await measure(watches);
  const seconds = await secondsUntilHeard(watches, answered);
  report('LiveKit killed', `everybody heard again ${seconds.toFixed(1)} s after it answered`);
  report('LiveKit killed', measured);
  expect(seconds).toBeLessThan(15);
});

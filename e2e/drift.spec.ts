import { readNestEvent } from '@nests/protocol/nest-event';
import { formatAddress } from '@nests/protocol/address';
import { expect } from '@playwright/test';
import { connected, hears, nestIdOf, test, unmute } from './support/journey.ts';
import { call, Keyholder } from './support/keyholder.ts';
import { allHearAgain, measure, report, watch, withinLimits } from './support/listening.ts';
import { deleteRecord, hasRecord } from './support/records.ts';
import { storedEvents } from './support/relay-query.ts';
import { conversation } from './support/scenes.ts';
import { stackForThisFile } from './support/stack.ts';

const stack = stackForThisFile();
// Each may try three times, and waits for what takes a machine under load longer.
test.describe.configure({ timeout: 300_000 });

test('the record is deleted while people talk: nobody is cut off, and the record comes back', async ({
  people,
}) => {
  const { nest, ann, ben, cleo, ears } = await conversation(people, stack());
  const info = () => call('GET', `${stack().url}/api/v1/nests/${nest.id}/info`);
  const before = (await info()).body;

  await withinLimits('record deleted', { gapMs: 60, doublingMs: 20 }, async () => {
    const watches = await watch(ears);
    expect(deleteRecord(stack(), nest.id), 'there was a record to delete').toBe(true);
    await expect.poll(() => hasRecord(stack(), nest.id), { timeout: 30_000 }).toBe(true);
    await allHearAgain(watches, { steadyS: 3 });
    return measure(watches);
  });
  expect((await info()).body).toMatchObject({
    host: before?.['host'],
    speakers: before?.['speakers'],
    status: 'active',
  });
  for (const person of [ann, ben, cleo]) {
    await expect(connected(person)).toBeVisible();
    expect(nestIdOf(person)).toBe(nest.id);
  }
});

test('record and room are both gone: the host makes the nest anew, everybody follows, nobody follows a stranger', async ({
  people,
}) => {
  const title = 'An evening among friends';
  const { nest, ann, ben, cleo, ears } = await conversation(people, stack());
  const watches = await watch(ears);

  // Held still, the API can repair nothing while both halves are taken away.
  stack().signal('api', 'SIGSTOP');
  expect(deleteRecord(stack(), nest.id)).toBe(true);
  for (const { name } of await stack().livekit.listRooms()) await stack().livekit.deleteRoom(name);
  expect(await stack().livekit.listRooms()).toEqual([]);
  stack().signal('api', 'SIGCONT');
  const infoOf = (id: string) => call('GET', `${stack().url}/api/v1/nests/${id}/info`);
  await expect.poll(async () => (await infoOf(nest.id)).status).toBe(404);
  const restart = ann.page.getByRole('button', { name: 'Restart Nest' });
  await expect(restart).toBeVisible({ timeout: 60_000 });

  const stranger = new Keyholder();
  const strangers = await stranger.request('POST', `${stack().url}/api/v1/nests/${nest.id}/restart`);
  expect(strangers.body).toMatchObject({ isNewRoom: true, originalRoomId: nest.id });
  const strangersId = String(strangers.body?.['roomId']);

  await restart.click();
  await expect(ann.page.getByText('Nest recreated with new room ID').first()).toBeVisible();
  await expect(connected(ann)).toBeVisible({ timeout: 30_000 });
  const newId = nestIdOf(ann);
  expect(newId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect([nest.id, strangersId]).not.toContain(newId);
  expect(ann.said(`🔄 Nest recreated: ${nest.id} → ${newId}`)).toHaveLength(1);
  expect(ann.said('📝 Message: Nest recreated with new room ID')).toHaveLength(1);

  const made = await infoOf(newId);
  const host = String(made.body?.['host']);
  const events = await storedEvents(stack().relayUrl, { kinds: [30312], authors: [host] });
  const [young, old] = [newId, nest.id].map((d) =>
    events.map(readNestEvent).find((event) => event?.address.d === d),
  );
  expect(young).toMatchObject({ title, status: 'open', service: stack().url });
  expect(young?.streaming[0]).toBe(`ws+livekit://localhost:${stack().ports.LIVEKIT_PORT}`);
  expect(JSON.parse(young!.event.content)).toMatchObject({ originalRoomId: nest.id });
  expect(old).toMatchObject({ title, status: 'closed' });
  expect(old!.event.tags).toContainEqual([
    'a',
    formatAddress({ host, d: newId }),
    expect.any(String),
    'moved',
  ]);

  // She was thrown out, so her microphone was closed; nothing but she herself opens it again.
  await unmute(ann);
  // Ben and Cleo touch nothing. Cleo is in the audience of the new nest until she is invited again.
  await hears(ben, 440, 60_000);
  await hears(cleo, 440, 60_000);
  for (const person of [ben, cleo]) expect(nestIdOf(person)).toBe(newId);
  report('recreated', await measure(watches.filter(({ tone }) => tone === 440)));
  expect((await infoOf(strangersId)).body).toMatchObject({ participantCount: 0, host: stranger.pubkey });
});

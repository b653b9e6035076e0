import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { expect, type Page } from '@playwright/test';
import type * as LivekitClient from 'livekit-client';
import { test } from './support/journey.ts';
import { Keyholder } from './support/keyholder.ts';
import { stackForThisFile, type Stack } from './support/stack.ts';

/**
 * LiveKit's own client in the hands of somebody who took out its good manners: it no longer asks itself whether it may
 * publish. What is refused here is refused by LiveKit.
 */

declare global {
  interface Window {
    LivekitClient: typeof LivekitClient;
    room: LivekitClient.Room;
  }
}

const stack = stackForThisFile();
const CLIENT = createRequire(import.meta.url).resolve('livekit-client');

interface Place {
  url: string;
  token: string;
}

test('a speaker sends a microphone and nothing else; a listener sends nothing', async ({ people }) => {
  const host = new Keyholder();
  const { id, place } = await openNest(host, stack());
  const [speaker, listener] = await Promise.all([
    people.arrive('Mallory', { context: { bypassCSP: true } }),
    people.arrive('Trudy', { context: { bypassCSP: true } }),
  ]);
  await comeIn(speaker.page, place);
  await comeIn(listener.page, await join(new Keyholder(), id, stack()));

  expect(await publish(speaker.page, 'audio', 'microphone')).toBe('published');
  expect(await publish(listener.page, 'audio', 'microphone')).toBe('refused');
  expect(await publish(listener.page, 'video', 'camera')).toBe('refused');
  expect(await publish(speaker.page, 'video', 'camera')).toBe('refused');
  expect(await publish(speaker.page, 'audio', 'screen_share_audio')).toBe('refused');
  // LiveKit's grants know sources, not kinds: video that calls itself a microphone is stopped by the codecs alone, which
  // therefore must not include one for video.
  await publish(speaker.page, 'video', 'microphone');

  const inside = await stack().livekit.listParticipants(`${id}:1`);
  const kinds = inside.flatMap(({ tracks }) => tracks.map(({ mimeType }) => mimeType));
  expect(kinds).toEqual(['audio/red']);
});

async function openNest(host: Keyholder, { url }: Stack): Promise<{ id: string; place: Place }> {
  const { status, body } = await host.request('PUT', `${url}/api/v1/nests`, {
    relays: [stack().relayUrl],
    hls_stream: false,
  });
  expect(status).toBe(200);
  const made = body as { roomId: string; token: string };
  return { id: made.roomId, place: { url: signalOf(body), token: made.token } };
}

async function join(who: Keyholder, id: string, { url }: Stack): Promise<Place> {
  const { status, body } = await who.request('GET', `${url}/api/v1/nests/${id}`);
  expect(status).toBe(200);
  return { url: signalOf(body), token: (body as { token: string }).token };
}

function signalOf(body: unknown): string {
  return ((body as { endpoints: string[] }).endpoints[0] ?? '').replace('+livekit', '');
}

/** Connects with a client that never says no by itself. */
async function comeIn(page: Page, place: Place): Promise<void> {
  await page.goto(`${stack().url}/health?${randomUUID()}`);
  await page.addScriptTag({ path: CLIENT });
  await page.evaluate(async ({ url, token }) => {
    const room = new window.LivekitClient.Room({ singlePeerConnection: false });
    await room.connect(url, token);
    Object.assign(room.localParticipant, { hasPermissions: () => true });
    window.room = room;
  }, place);
}

/** Tries to publish something under a name. */
function publish(
  page: Page,
  kind: 'audio' | 'video',
  source: `${LivekitClient.Track.Source}`,
): Promise<'published' | 'refused'> {
  return page.evaluate(
    async ([what, name]) => {
      const stream = await navigator.mediaDevices.getUserMedia({ [what]: true });
      const [track] = stream.getTracks();
      if (!track) throw new Error('there is something to send');
      const source = Object.values(window.LivekitClient.Track.Source).find((one: string) => one === name);
      if (!source) throw new Error('LiveKit knows the source');
      const options = { source };
      return window.room.localParticipant.publishTrack(track, options).then(
        () => 'published' as const,
        () => 'refused' as const,
      );
    },
    [kind, source] as const,
  );
}

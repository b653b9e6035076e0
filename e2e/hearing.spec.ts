import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@playwright/test';
import { longestGap, toneDb } from './support/analysis.ts';
import { Person } from './support/person.ts';

/**
 * The ear itself: a page without Nests sends its microphone through a real WebRTC connection to an audio element.
 * What the ear hears must follow everything that changes what a person would hear.
 */
const PAGE = `<!doctype html><title>loop</title><button id="go">Go</button><audio id="one"></audio><audio id="two"></audio>
<script src="/loop.js"></script>`;
const LOOP = `
document.getElementById('go').onclick = async () => {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  window.microphone = stream.getAudioTracks()[0];
  const [a, b] = [new RTCPeerConnection(), new RTCPeerConnection()];
  a.onicecandidate = ({ candidate }) => b.addIceCandidate(candidate);
  b.onicecandidate = ({ candidate }) => a.addIceCandidate(candidate);
  b.ontrack = ({ track }) => {
    const one = document.getElementById('one');
    const arrived = new MediaStream();
    one.srcObject = arrived;
    arrived.addTrack(track);
    window.arrived = arrived;
    void one.play();
  };
  a.addTrack(window.microphone, stream);
  await a.setLocalDescription();
  await b.setRemoteDescription(a.localDescription);
  await b.setLocalDescription();
  await a.setRemoteDescription(b.localDescription);
};`;

test.describe.configure({ mode: 'serial' });

let server: Server;
let person: Person;

test.beforeAll(async () => {
  server = createServer((request, response) => {
    const script = request.url === '/loop.js';
    response.setHeader('content-type', script ? 'text/javascript' : 'text/html');
    response.setHeader('content-security-policy', "default-src 'self'");
    response.end(script ? LOOP : PAGE);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  person = await Person.arrive('somebody', { tone: 440 });
});
test.afterAll(async () => {
  await person.leave();
  server.close();
});

test('the ear hears what the element plays: volume, mute, pause, a second element', async () => {
  const { page, hearing } = person;
  const { port } = server.address() as AddressInfo;
  await page.goto(`http://localhost:${port}/`);
  expect(await hearing.microphoneRequests()).toBe(0);
  await page.getByRole('button', { name: 'Go' }).click();

  await expect.poll(async () => (await hearing.strongestTone()).db).toBeGreaterThan(-7);
  expect(Math.abs((await hearing.strongestTone()).hz - 440)).toBeLessThan(5);
  expect(await hearing.microphoneRequests()).toBe(1);
  const level = await hearing.toneDb(440);

  await page.evaluate(() => (document.querySelector('audio')!.volume = 0.1));
  await expect.poll(() => hearing.toneDb(440)).toBeLessThan(level - 18);
  expect(await hearing.toneDb(440)).toBeGreaterThan(level - 22);
  await page.evaluate(() => (document.querySelector('audio')!.volume = 1));
  await expect.poll(() => hearing.toneDb(440)).toBeGreaterThan(level - 1);

  const change: [string, () => void, () => void][] = [
    [
      'muted',
      () => (document.querySelector('audio')!.muted = true),
      () => (document.querySelector('audio')!.muted = false),
    ],
    [
      'paused',
      () => document.querySelector('audio')!.pause(),
      () => void document.querySelector('audio')!.play(),
    ],
  ];
  for (const [what, quiet, loud] of change) {
    await page.evaluate(quiet);
    await expect.poll(() => hearing.toneDb(440), what).toBeLessThan(-80);
    await page.evaluate(loud);
    await expect.poll(() => hearing.toneDb(440), what).toBeGreaterThan(level - 1);
  }

  const before = await hearing.now();
  await page.evaluate(() => {
    const [one, two] = [...document.querySelectorAll('audio')];
    for (const element of [one!, two!]) element.dataset['nestsSpeaker'] = 'the same';
    two!.srcObject = one!.srcObject;
    return two!.play();
  });
  await expect.poll(async () => (await hearing.longestDoubling(before)).lengthMs).toBeGreaterThan(300);
  await page.evaluate(() => (document.querySelectorAll('audio')[1]!.srcObject = null));
});

test('a gap is measured as long as it was', async () => {
  const { page, hearing } = person;
  const from = await hearing.now();
  // A busy page is late: it says itself how long it was silent.
  const silentMs = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const element = document.querySelector('audio')!;
        let since = 0;
        let ms = 0;
        setTimeout(() => {
          element.muted = true;
          since = performance.now();
        }, 500);
        setTimeout(() => {
          element.muted = false;
          ms = performance.now() - since;
        }, 700);
        setTimeout(() => resolve(ms), 1500);
      }),
  );
  const sound = await hearing.since(from);
  const gap = longestGap(sound, 440);
  expect(toneDb(sound, 440)).toBeGreaterThan(-30);
  expect(silentMs).toBeGreaterThan(0);
  expect(Math.abs(gap.lengthMs - silentMs)).toBeLessThan(100);
});

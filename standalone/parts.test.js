import { createServer } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { missingAt } from './parts.js';

/**
 * A server that says one thing.
 * @param {string} body
 */
async function saying(body) {
  const server = createServer((_request, response) => response.end(body));
  onTestFinished(() => {
    server.close();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/health`;
}

it.each([
  ['all is well', { store: { ok: true }, livekit: { ok: true } }, undefined],
  ['one is away', { store: { ok: true }, livekit: { ok: false, message: 'is away' } }, 'livekit is away'],
  [
    'both are',
    { store: { ok: false }, livekit: { ok: false, message: 'is away' } },
    'store fails, livekit is away',
  ],
])('of the API, when %s, it tells what is missing', async (_when, checks, missing) => {
  expect(await missingAt(await saying(JSON.stringify({ checks })))()).toBe(missing);
});

it('is never sure of nonsense', async () => {
  for (const body of ['nonsense', '{}'])
    expect(await missingAt(await saying(body))()).toEqual(expect.any(String));
});

it('of no answer at all it tells the reason', async () => {
  expect(await missingAt('http://127.0.0.1:1/health')()).toMatch(/ECONNREFUSED|bad port/);
});

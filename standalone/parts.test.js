import { createServer } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { missingAt } from './parts.js';

/**
 * A server that says one thing.
 * @param {number} status
 * @param {string} body
 */
async function saying(status, body) {
  const server = createServer((_request, response) => response.writeHead(status).end(body));
  onTestFinished(() => {
    server.close();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/ready`;
}

const checks = {
  store: { ok: true },
  livekit: { ok: false, message: 'cannot be reached' },
};

it.each([
  [200, { checks }, undefined],
  [503, { checks }, 'livekit cannot be reached'],
  [503, { checks: { store: { ok: true } } }, 'it is closing'],
  [503, 'nonsense', 'it is closing'],
])('of an answer %i %j the API is missing %j', async (status, body, missing) => {
  expect(await missingAt(await saying(status, JSON.stringify(body)))()).toBe(missing);
});

it('of no answer at all it tells the reason', async () => {
  expect(await missingAt('http://127.0.0.1:1/ready')()).toMatch(/ECONNREFUSED|bad port/);
});

import { createServer } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * Holds a TCP port for one test.
 * @returns {Promise<number>} its number
 */
export async function heldPort() {
  const server = createServer();
  onTestFinished(() => {
    server.close();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

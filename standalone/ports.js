import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { holderOfPort } from './port-holder.js';
import { codeOf, messageOf, Sentence } from './sentence.js';

/**
 * @typedef {object} Port a port that a part is about to use
 * @property {string} setting the setting that changes it
 * @property {number} port its number
 * @property {string} host the address it is bound on
 * @property {'tcp' | 'udp'} protocol which of the two
 */

/**
 * Makes sure that every port can be used, before anything is started.
 * @param {Port[]} ports all that are about to be used
 * @throws {Sentence} naming every port that is taken, the setting that changes it and, where it can be learnt, who
 *   holds it
 */
export async function checkPorts(ports) {
  const problems = [...twice(ports)];
  for (const port of ports) {
    const error = await tryPort(port);
    if (error !== undefined) problems.push(await describe(port, error));
  }
  if (problems.length > 0) throw new Sentence(problems.join('\n'));
}

/**
 * A port that is free now, for a part that only this machine's other parts talk to.
 * @param {string} host the address it is to be bound on
 * @returns {Promise<number>} its number; somebody else may take it before we do
 */
export function freePort(host) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port: 0, host }, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** @param {Port[]} ports */
function twice(ports) {
  return ports.flatMap((port, index) => {
    const first = ports.findIndex((other) => other.protocol === port.protocol && other.port === port.port);
    const other = ports[first];
    if (first === index || other === undefined) return [];
    return [`${other.setting} and ${port.setting} are both ${port.port}; they must differ.`];
  });
}

/**
 * @param {Port} port
 * @returns {Promise<unknown>} the error that using it gives, or nothing
 */
function tryPort({ port, host, protocol }) {
  return new Promise((resolve) => {
    if (protocol === 'udp') {
      const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
      socket.once('error', (error) => {
        socket.close();
        resolve(error);
      });
      socket.bind({ port, address: host, exclusive: true }, () => socket.close(() => resolve(undefined)));
      return;
    }
    const server = createServer();
    server.once('error', resolve);
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

/**
 * @param {Port} port
 * @param {unknown} error
 */
async function describe({ setting, port, host, protocol }, error) {
  const name = `Port ${port} (${protocol.toUpperCase()})`;
  const change = `${setting} changes it.`;
  if (codeOf(error) === 'EADDRINUSE') {
    const holder = await holderOfPort(port, protocol);
    const who = holder ?? `to see by whom: \`lsof -nP -i${protocol.toUpperCase()}:${port}\``;
    return `${name} is taken (${who}); ${change}`;
  }
  if (codeOf(error) === 'EACCES') return `${name} may not be used by this user; ${change}`;
  return `${name} cannot be used on ${host}: ${messageOf(error)}; ${change}`;
}

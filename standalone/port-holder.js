import { readdir, readFile, readlink } from 'node:fs/promises';
import { commandOf } from './processes.js';

const LISTENING = '0A';
const LONGEST_COMMAND = 80;

/**
 * Who holds a port, as far as the system tells us: only Linux does, and only of processes we may look into.
 * @param {number} port its number
 * @param {'tcp' | 'udp'} protocol which of the two
 * @returns {Promise<string | undefined>} for example `by process 42: node server.js`
 */
export async function holderOfPort(port, protocol) {
  if (process.platform !== 'linux') return undefined;
  const sockets = await socketsOn(port, protocol);
  if (sockets.size === 0) return undefined;
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry) || !(await holdsOneOf(entry, sockets))) continue;
    const command = (await commandOf(Number(entry))) ?? '';
    const shown = command.length > LONGEST_COMMAND ? `${command.slice(0, LONGEST_COMMAND)}…` : command;
    return `by process ${entry}: ${shown}`;
  }
  return undefined;
}

/**
 * @param {number} port
 * @param {'tcp' | 'udp'} protocol
 * @returns {Promise<Set<string>>} what the links in /proc/<pid>/fd are called
 */
async function socketsOn(port, protocol) {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const tables = await Promise.all(
    [protocol, `${protocol}6`].map((table) => readFile(`/proc/net/${table}`, 'utf8').catch(() => '')),
  );
  const rows = tables.flatMap((table) => table.split('\n').slice(1));
  const fields = rows.map((row) => row.trim().split(/\s+/));
  const here = fields.filter(
    ([, local, , state]) => local?.endsWith(`:${hex}`) && (protocol === 'udp' || state === LISTENING),
  );
  return new Set(here.map((row) => `socket:[${row[9] ?? ''}]`));
}

/**
 * @param {string} pid
 * @param {Set<string>} sockets
 */
async function holdsOneOf(pid, sockets) {
  const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
  for (const file of files) {
    if (sockets.has(await readlink(`/proc/${pid}/fd/${file}`).catch(() => ''))) return true;
  }
  return false;
}

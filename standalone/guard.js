/**
 * Runs beside `npm start`, which tells it on a pipe which parts it started (`+<pid>`) and which have ended (`-<pid>`).
 * When the pipe breaks, start is gone, however it went: the parts that are left are asked to end, and soon killed.
 * So not even `kill -9` of start leaves anything running.
 */
import { lines } from './lines.js';
import { gone } from './processes.js';
import { signalGroup } from './run.js';

const PATIENCE_MS = 4000;

/** @type {Set<number>} */
const parts = new Set();

lines(process.stdin, (line) => {
  const pid = Number(line.slice(1));
  if (line.startsWith('+')) parts.add(pid);
  else parts.delete(pid);
});

process.stdin.on('end', () => {
  void Promise.all([...parts].map(endPart));
});

// Whatever a terminal or a service manager sends to everybody is meant for start.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => undefined);
}

/** @param {number} pid */
async function endPart(pid) {
  signalGroup(pid, 'SIGTERM');
  if (!(await gone(pid, PATIENCE_MS))) signalGroup(pid, 'SIGKILL');
}

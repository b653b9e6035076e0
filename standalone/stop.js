/** npm passes a Ctrl-C on that the terminal has sent us already: what comes this soon after is the same one. */
const SAME_MS = 250;
const KILLED = 137;
const LOOK_MS = 500;

/**
 * @typedef {object} Stop the wish to stop, from Ctrl-C or a service manager
 * @property {AbortSignal} signal aborted at the first such wish
 * @property {(atOnce: () => void) => void} onHurry what to do, before ending at once, at the second
 */

/**
 * Listens for Ctrl-C, SIGTERM and the terminal's end.
 * @param {NodeJS.ProcessEnv} env the environment, which tells whether npm runs us
 * @param {number} [sameMs] how soon after the first a second wish is the same one, in ms
 * @returns {Stop} which tells what was wished for
 */
export function listenForStop(env, sameMs = SAME_MS) {
  const controller = new AbortController();
  /** @type {() => void} */
  let hurry = () => undefined;
  let first = 0;
  const onSignal = () => {
    if (!controller.signal.aborted) {
      first = Date.now();
      controller.abort();
    } else if (Date.now() - first > sameMs) {
      hurry();
      process.exit(KILLED);
    }
  };
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, onSignal);
  // npm passes a SIGTERM on to the shell between us, which ends without telling us.
  if (env['npm_lifecycle_event'] !== undefined) {
    const shell = process.ppid;
    setInterval(() => process.ppid !== shell && !controller.signal.aborted && onSignal(), LOOK_MS).unref();
  }
  // Whoever reads our output may leave before us (`npm start | head`); that is no reason to end the nests.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  return { signal: controller.signal, onHurry: (atOnce) => (hurry = atOnce) };
}

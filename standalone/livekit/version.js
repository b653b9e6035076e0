import { run } from '../run.js';

/** The LiveKit that Nests is tested with; the one it fetches. */
export const LIVEKIT_VERSION = '1.13.5';

/** The oldest LiveKit that does all that Nests relies on. */
const OLDEST = { major: 1, minor: 13 };
const ASKING_MS = 15_000;

/**
 * Makes sure that a file is a LiveKit server that runs here and is new enough.
 * @param {string} path the program
 * @param {AbortSignal} [signal] stops asking
 * @returns {Promise<string>} its version
 * @throws {Error} saying in one phrase what is wrong with it
 */
export async function checkVersion(path, signal) {
  const printed = await run(path, ['--version'], { timeoutMs: ASKING_MS, ...(signal && { signal }) });
  const [, version, major, minor] = /((\d+)\.(\d+)\.\d+)/.exec(printed) ?? [];
  if (version === undefined) throw new Error(`${path} does not say its version`);
  const [newer, older] = [Number(major) - OLDEST.major, Number(minor) - OLDEST.minor];
  if (newer < 0 || (newer === 0 && older < 0)) {
    throw new Error(
      `${path} is LiveKit ${version}, and Nests needs ${OLDEST.major}.${OLDEST.minor} or newer`,
    );
  }
  return version;
}

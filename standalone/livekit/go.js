import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandFailed, run } from '../run.js';
import { EXE, onPath } from './on-path.js';
import { LIVEKIT_VERSION } from './version.js';

const OLDEST_GO = { major: 1, minor: 26 };
const MODULE = 'github.com/livekit/livekit-server/cmd/server';
const LONGEST_MS = 15 * 60_000;

/**
 * Builds LiveKit from its source with Go; the module proxy's checksum database vouches for the source.
 * @param {object} options how
 * @param {NodeJS.ProcessEnv} options.env the environment
 * @param {string} options.folder an empty folder to build in
 * @param {string} options.target the file to make, on the same disk; it appears whole or not at all
 * @param {(doing: string) => void} options.say told what is being done
 * @param {AbortSignal} [options.signal] stops it
 * @throws {Error} saying in one phrase why it cannot be built
 */
export async function buildWithGo({ env, folder, target, say, signal }) {
  const go = await onPath('go', env);
  if (go === undefined) throw new Error('Go is not installed');
  const abort = signal ? { signal } : {};
  const version = (await run(go, ['env', 'GOVERSION'], { cwd: folder, env, ...abort })).trim();
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(version) ?? [];
  const ahead = Number(major) - OLDEST_GO.major;
  if (!(ahead > 0 || (ahead === 0 && Number(minor) >= OLDEST_GO.minor))) {
    throw new Error(`Go ${OLDEST_GO.major}.${OLDEST_GO.minor} or newer is needed, and this is ${version}`);
  }
  say('building it from source with Go, which takes about two minutes');
  // Built for this machine whatever else the user builds for, and outside any workspace of theirs.
  const { GOOS: _os, GOARCH: _arch, ...own } = env;
  try {
    await run(go, ['install', '-ldflags=-s -w', `${MODULE}@v${LIVEKIT_VERSION}`], {
      cwd: folder,
      env: { ...own, GOBIN: folder, GOWORK: 'off', CGO_ENABLED: '0' },
      timeoutMs: LONGEST_MS,
      ...abort,
    });
  } catch (error) {
    const last = error instanceof CommandFailed ? error.lastLines.at(-1) : undefined;
    throw new Error(last === undefined ? 'go install failed' : `go install failed: ${last}`, {
      cause: error,
    });
  }
  await rename(join(folder, `server${EXE}`), target);
}

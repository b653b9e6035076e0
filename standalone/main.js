import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments } from './arguments.js';
import { help } from './help.js';
import { parseJson } from './json.js';
import { ROOT } from './paths.js';
import { prepare } from './prepare.js';
import { Progress } from './progress.js';
import { Sentence } from './sentence.js';
import { serve } from './serve.js';
import { readSettings } from './settings.js';
import { listenForStop } from './stop.js';

const INTERRUPTED = 130;

/**
 * `npm start`, from the words on its command line to its exit code.
 * @param {string[]} argv the words
 * @returns {Promise<number>} 0 when all went as asked, Ctrl-C while it runs included
 */
export async function main(argv) {
  const stop = listenForStop(process.env);
  let preparing = false;
  try {
    const wanted = readArguments(argv);
    preparing = wanted.prepare;
    if (wanted.help) return print(help());
    if (wanted.version) return print(version());
    const env = process.env;
    const settings = readSettings(env, wanted.data);
    const progress = new Progress();
    if (wanted.prepare) {
      const { livekit } = await prepare({ env, settings, progress, signal: stop.signal });
      return print(JSON.stringify({ livekit: livekit ?? null }));
    }
    await serve({ env, settings, progress, stop, dev: wanted.dev, version: version() });
    return 0;
  } catch (error) {
    // Whoever stops a start got what they asked for; whoever waits for what is prepared did not.
    if (stop.signal.aborted) return preparing ? INTERRUPTED : 0;
    console.error(error instanceof Sentence ? `\n${error.message}` : error);
    return 1;
  }
}

/** @param {string} text */
function print(text) {
  console.log(text);
  return 0;
}

function version() {
  const text = readFileSync(join(ROOT, 'package.json'), 'utf8');
  return /** @type {{version: string}} */ (parseJson(text)).version;
}

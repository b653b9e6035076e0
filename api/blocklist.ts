import { readFileSync } from 'node:fs';
import { decodeNpub } from '@nests/protocol/address';
import type { Log } from './nests/ports.ts';

/** How often the file is looked at, in ms. */
const LOOK_EVERY_MS = 2000;
const HEX_KEY = /^[0-9a-f]{64}$/;

/** The keys that an operator keeps out of this server. */
export interface Blocklist {
  has(pubkey: string): boolean;
  /** Stops looking at the file. */
  close(): void;
}

/**
 * Reads keys, as hex or npub, one a line (or with commas between them); what follows a # is a comment.
 * @returns the keys in hex, and a sentence about every line that is none
 */
export function readKeys(text: string): { keys: string[]; problems: string[] } {
  const keys = new Set<string>();
  const problems: string[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    for (const word of line.replace(/#.*/, '').split(/[\s,]+/)) {
      if (word === '') continue;
      const key = keyOf(word);
      if (key === null) problems.push(`line ${index + 1} is neither a public key in hex nor an npub`);
      else keys.add(key);
    }
  }
  return { keys: [...keys], problems };
}

/**
 * The keys of the settings; where they come from a file, it is read again when it changes. A file that cannot be read
 * leaves everybody blocked who was; a line that is no key is said, and the others count.
 */
export function openBlocklist(
  { keys, file }: { keys: string[]; file?: string },
  log: Log,
  lookEveryMs = LOOK_EVERY_MS,
): Blocklist {
  let blocked = new Set(keys);
  // What the file said when it was last read; null: it could not be read.
  let known: string | null | undefined;
  const look = (path: string): void => {
    const { text, error } = readText(path);
    if (text === known) return;
    known = text;
    if (text === null) {
      log.warn('The blocklist cannot be read; the keys of before stay blocked', { error });
      return;
    }
    const found = readKeys(text);
    blocked = new Set(found.keys);
    log.info('Read the blocklist', { keys: blocked.size });
    for (const problem of found.problems) log.warn(`The blocklist: ${problem}`);
  };
  let timer: NodeJS.Timeout | undefined;
  if (file !== undefined) {
    look(file);
    // By reading, not by events of the file system, which do not pass into containers, nor by its times and size,
    // which a change may leave as they were, and which `watchFile` first notes some time after it was asked to.
    timer = setInterval(look, lookEveryMs, file).unref();
  }
  return {
    has: (pubkey) => blocked.has(pubkey),
    close: () => clearInterval(timer),
  };
}

function readText(file: string): { text: string | null; error?: unknown } {
  try {
    return { text: readFileSync(file, 'utf8') };
  } catch (error) {
    return { text: null, error };
  }
}

function keyOf(word: string): string | null {
  const lower = word.toLowerCase();
  return HEX_KEY.test(lower) ? lower : decodeNpub(lower);
}

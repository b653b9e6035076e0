#!/usr/bin/env node
/** Holds the built web app to its budget: how much a browser fetches before it shows something, and before it is heard. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { parseJson } from '../standalone/json.js';

/**
 * @typedef {object} Chunk one entry of Vite's manifest
 * @property {string} file
 * @property {string} [src] the source it begins with, relative to web/
 * @property {boolean} [isEntry]
 * @property {string[]} [imports] keys of chunks that are fetched with it
 * @property {string[]} [css] files
 *
 * @typedef {Record<string, Chunk>} Manifest
 *
 * @typedef {object} Line one promise and how it is kept
 * @property {string} what
 * @property {number} bytes gzipped
 * @property {number} limit in bytes
 * @property {string[]} files what it consists of
 */

const KB = 1000;

const isScript = (/** @type {string} */ file) => file.endsWith('.js');

/** Sources whose chunks are fetched on demand, by what they are about. */
const NOSTR = /^(nostr\/|\.\.\/protocol\/)/;
/** What only those fetch who keep a key of their own in the browser, or whose browser has no workers. */
const NOT_FETCHED = /(^|\/)key(s|-crypto)?\b|^nostr\/verify\.ts$/;
const LIVEKIT = /^media\//;
/** What a listener's way needs; dialogs, menus and error panels come when they are opened. */
const NEST = /^(screens\/nest\/index\.tsx|i18n\/en\/(nest|errors)\.json)$/;

/**
 * Measures a build.
 * @param {Manifest} manifest Vite's
 * @param {string[]} workers scripts that the manifest does not name: they are started by the Nostr part
 * @param {(file: string) => number} sizeOf a file's size, gzipped, in bytes
 * @returns {Line[]} the promises
 * @throws {Error} when the build has no such part: then the numbers would mean nothing
 */
export function measure(manifest, workers, sizeOf) {
  /**
   * @param {string[]} keys
   * @returns {Set<string>} the files that are fetched for these chunks
   */
  const closure = (keys) => {
    const seen = new Set(keys);
    for (const key of seen) for (const next of manifest[key]?.imports ?? []) seen.add(next);
    const chunks = [...seen].flatMap((key) => manifest[key] ?? []);
    return new Set(chunks.flatMap(({ file, css = [] }) => [file, ...css]));
  };
  const entry = Object.keys(manifest).filter((key) => manifest[key]?.isEntry);
  const first = closure(part(manifest, 'entry', entry));
  const beyond = (/** @type {string} */ what, /** @type {RegExp} */ source) => {
    const wanted = (/** @type {string} */ src) => source.test(src) && !NOT_FETCHED.test(src);
    const keys = Object.entries(manifest).flatMap(([key, { src = '' }]) => (wanted(src) ? [key] : []));
    return [...closure(part(manifest, what, keys))].filter((file) => !first.has(file));
  };
  const nostr = [...beyond('Nostr', NOSTR), ...workers.filter((file) => !NOT_FETCHED.test(file))];
  const livekit = beyond('LiveKit', LIVEKIT);
  const way = new Set([...first, ...nostr, ...livekit, ...beyond('nest', NEST)]);
  const line = (
    /** @type {string} */ what,
    /** @type {Iterable<string>} */ files,
    /** @type {number} */ limit,
  ) => ({
    what,
    bytes: [...files].reduce((sum, file) => sum + sizeOf(file), 0),
    limit: limit * KB,
    files: [...files],
  });
  return [
    line('script before the first paint', [...first].filter(isScript), 110),
    line('Nostr, after the first paint', nostr, 110),
    line('LiveKit, on demand', livekit, 150),
    line('the whole way of a listener', way, 370),
  ];
}

/**
 * @param {Manifest} manifest
 * @param {string} what
 * @param {string[]} keys
 */
function part(manifest, what, keys) {
  const scripts = keys.filter((key) => manifest[key]?.file.endsWith('.js'));
  if (scripts.length === 0) throw new Error(`the build has no chunk for: ${what}`);
  return scripts;
}

/** Measures web/dist and prints the table. */
function main() {
  const dist = join(dirname(dirname(fileURLToPath(import.meta.url))), 'web', 'dist');
  const manifest = /** @type {Manifest} */ (
    parseJson(readFileSync(join(dist, '.vite', 'manifest.json'), 'utf8'))
  );
  const named = new Set(Object.values(manifest).map(({ file }) => file));
  const workers = readdirSync(join(dist, 'assets'))
    .map((name) => `assets/${name}`)
    .filter((file) => file.endsWith('.js') && !named.has(file));
  const lines = measure(manifest, workers, (file) => gzipSync(readFileSync(join(dist, file))).length);
  for (const { what, bytes, limit, files } of lines) {
    const verdict = bytes > limit ? `over its ${limit / KB} kB: ${files.join(', ')}` : `of ${limit / KB} kB`;
    console.log(`${(bytes / KB).toFixed(1).padStart(7)} kB ${verdict}  ${what}`);
  }
  if (lines.some(({ bytes, limit }) => bytes > limit)) process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();

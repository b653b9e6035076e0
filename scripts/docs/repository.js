import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson } from '../../standalone/json.js';

/**
 * @typedef {object} Document
 * @property {string} path relative to the root
 * @property {string} text
 *
 * @typedef {object} Surroundings what documents may name
 * @property {(path: string) => boolean} exists whether there is such a file or folder; `*` stands for any name
 * @property {(path: string) => string | undefined} read a file's text
 * @property {Set<string>} folders the names at the root
 * @property {Set<string>} scripts of package.json
 * @property {{method: string, path: string}[]} routes of the API
 * @property {string[]} pages of the web app
 * @property {(name: string) => boolean} known whether any program knows this setting
 */

const ROUTE = /\b(?:app|server)\.(get|put|post|patch|delete)(?:<[^>]*>)?\(\s*'(\/[^']*)'/g;
const PAGE = /\bpath="(\/[^"]*)"/g;
const SOURCE = /\.(ts|tsx|js|json|sh|ya?ml|go)$|Dockerfile$|Caddyfile$|^\.ci\//;

/**
 * @param {string} root
 * @returns {string[]} files that are in the repository, or would be if all were added
 */
function filesOf(root) {
  const options = /** @type {const} */ ({ cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  const listed = execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '-z'],
    options,
  );
  return listed.split('\0').filter((path) => path !== '' && existsSync(join(root, path)));
}

/**
 * The documents of the repository.
 * @param {string} root its folder
 * @returns {Document[]}
 */
export function documents(root) {
  return filesOf(root)
    .filter((path) => path.endsWith('.md'))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/**
 * What the documents may name.
 * @param {string} root the repository's folder
 * @returns {Surroundings}
 */
export function surroundings(root) {
  const files = filesOf(root);
  const all = new Set(files.flatMap((path) => [path, ...foldersOf(path)]));
  const sources = files
    .filter((path) => SOURCE.test(path) && path !== 'package-lock.json')
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
  const about = /** @type {{scripts?: Record<string, string>}} */ (
    parseJson(readFileSync(join(root, 'package.json'), 'utf8'))
  );
  const words = new Set(
    sources.flatMap(({ text }) => text.match(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g) ?? []),
  );
  /**
   * @param {RegExp} pattern
   * @param {string} folder
   */
  const matches = (pattern, folder) =>
    sources
      .filter(({ path }) => path.startsWith(folder) && !path.includes('.test.'))
      .flatMap(({ text }) => [...text.matchAll(pattern)]);
  return {
    exists: (path) => (path.includes('*') ? [...all].some((one) => globOf(path).test(one)) : all.has(path)),
    read: (path) => (all.has(path) ? readFileSync(join(root, path), 'utf8') : undefined),
    folders: new Set([...all].filter((path) => !path.includes('/') && !files.includes(path))),
    scripts: new Set(Object.keys(about.scripts ?? {})),
    routes: matches(ROUTE, 'api/').map(([, method = '', path = '']) => ({
      method: method.toUpperCase(),
      path,
    })),
    pages: matches(PAGE, 'web/').map(([, path = '']) => path),
    known: (name) => words.has(name),
  };
}

/** @param {string} path */
function foldersOf(path) {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** @param {string} pattern */
function globOf(pattern) {
  const escaped = pattern.replace(/[.+^${}()|[\]\\?]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('**', '.+').replaceAll('*', '[^/]+')}$`);
}

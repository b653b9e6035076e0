import { posix } from 'node:path';
import { readMarkdown } from './markdown.js';

/**
 * @typedef {import('./repository.js').Document} Document
 * @typedef {import('./repository.js').Surroundings} Surroundings
 */

/** What programs make, and the repository therefore does not have. */
const MADE = /(^|\/)(dist|node_modules|test-results|\.nests)(\/|$)|^deploy\/secrets(\/|$)/;
const PATH = /(?:^|[\s"'=(])(?:\.\/)?([\w.-]+(?:\/[\w.*-]+)+\/?)/g;
const NPM = /\bnpm (?:run )?([\w:-]+)/g;
/** npm's own words, which are no scripts. */
const NPM_WORDS = new Set([
  'ci',
  'install',
  'exec',
  'audit',
  'version',
  'prune',
  'view',
  'outdated',
  'update',
  'run',
]);
const METHODS = 'GET|HEAD|PUT|POST|PATCH|DELETE';
const CALL = new RegExp(
  `(?:^|\\s|-X\\s*|--request\\s+)(${METHODS})\\s+(?:https?://[^/\\s]+)?(/[^\\s"'?#)]*)`,
  'g',
);
const ADDRESS =
  /(?:^|[\s"'(])(?:https?:\/\/localhost:5544)?(\/(?:api|health|ready|metrics|debug|docs|webhooks)\b[^\s"'?#),;]*)/g;
const SETTING = /\bNESTS_[A-Z0-9_]+\b/g;

/**
 * What a document names that is not there.
 * @param {Document} document the document
 * @param {Surroundings} about what is there
 * @returns {string[]} a line for each: where, and what
 */
export function problemsOf({ path, text }, about) {
  const { code, links, anchors } = readMarkdown(text);
  /** @type {Set<string>} */
  const found = new Set();
  const complain = (/** @type {number} */ line, /** @type {string} */ what) =>
    found.add(`${path}:${line}: ${what}`);
  for (const { line, text: address } of links) {
    const problem = linkProblem(path, address, anchors, about);
    if (problem !== undefined) complain(line, problem);
  }
  for (const { line, text: words } of code) {
    for (const what of codeProblems(words, about)) complain(line, what);
  }
  return [...found];
}

/**
 * @param {string} from
 * @param {string} address
 * @param {Set<string>} anchors
 * @param {Surroundings} about
 */
function linkProblem(from, address, anchors, about) {
  if (/^[a-z][a-z+.-]*:/i.test(address)) return undefined; // somewhere else in the world
  const [file = '', anchor] = decodeURI(address).split('#');
  const target = file === '' ? from : posix.join(posix.dirname(from), file).replace(/\/$/, '');
  if (file !== '' && target !== '.' && !about.exists(target)) return `there is no ${target}`;
  if (anchor === undefined || anchor === '') return undefined;
  if (file !== '' && !target.endsWith('.md')) return undefined;
  const there = file === '' ? anchors : readMarkdown(about.read(target) ?? '').anchors;
  return there.has(anchor) ? undefined : `${target} has no heading #${anchor}`;
}

/**
 * @param {string} words
 * @param {Surroundings} about
 * @returns {string[]}
 */
function codeProblems(words, about) {
  const files = [...words.matchAll(PATH)]
    .map(([, path = '']) => path.replace(/[/.]+$/, ''))
    .filter((path) => about.folders.has(path.split('/')[0] ?? '') && !MADE.test(path) && !about.exists(path))
    .map((path) => `there is no ${path}`);
  const scripts = [...words.matchAll(NPM)]
    .map(([, name = '']) => name)
    .filter((name) => !name.startsWith('-') && !NPM_WORDS.has(name) && !about.scripts.has(name))
    .map((name) => `package.json has no script ${name}`);
  const calls = [...words.matchAll(CALL)].map(([, method = '', path = '']) => ({ method, path }));
  const addresses = [...words.matchAll(ADDRESS)].map(([, path = '']) => ({ method: undefined, path }));
  const routes = [...calls, ...addresses]
    .filter(({ method, path }) => !isRoute(method, path, about))
    .map(({ method, path }) => `there is no route ${method === undefined ? '' : `${method} `}${path}`);
  const settings = [...words.matchAll(SETTING)]
    .map(([name]) => name)
    .filter((name) => !about.known(name) && !about.known(name.replace(/_FILE$/, '')) && !name.endsWith('_'))
    .map((name) => `nothing reads ${name}`);
  return [...files, ...scripts, ...routes, ...settings];
}

/**
 * Whether a path, with placeholders in whatever form, is one of the API's or a page of the web app.
 * @param {string | undefined} method nothing when any will do
 * @param {string} path
 * @param {Surroundings} about
 */
function isRoute(method, path, about) {
  const asked = path
    .replace(/[.:,]+$/, '')
    .replace(/\/$/, '')
    .split('/');
  const fits = (/** @type {string} */ route) => {
    const parts = route.replace(/\/$/, '').split('/');
    if (asked.at(-1) === '…' || asked.at(-1) === '...') parts.length = asked.length = asked.length - 1;
    return parts.length === asked.length && parts.every((part, at) => same(part, asked[at] ?? ''));
  };
  const served = about.routes.filter(
    (route) => method === undefined || route.method === (method === 'HEAD' ? 'GET' : method),
  );
  return served.some((route) => fits(route.path)) || (method !== 'PUT' && about.pages.some(fits));
}

/**
 * @param {string} part of the route
 * @param {string} asked
 */
function same(part, asked) {
  return (
    part === asked || part.startsWith(':') || part === '*' || asked.startsWith(':') || /^[<{$]/.test(asked)
  );
}

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isPair, parseDocument, visit, type Document } from 'yaml';

const NESTS_API = [5544, 9464];
/** The ports of each service inside its container, in compose.yaml. */
export const PORTS = {
  'nests-api': NESTS_API,
  livekit: [7880, 7881, 7882, 6789],
  redis: [6379],
  relay: [5545],
  proxy: [80, 443],
};
/** The same with compose.many.yaml. */
export const MANY_PORTS = {
  ...PORTS,
  'nests-api-2': NESTS_API,
  'livekit-2': [7880, 7883, 7884, 6789],
  proxy: [5544, 7880, 80, 443],
};

/** The repository's root, where the Compose files lie. */
export const ROOT = path.resolve(import.meta.dirname, '../..');

/** One service, as far as the tests read it. */
export interface Service {
  image?: string;
  build?: { context: string; dockerfile: string };
  command?: string[];
  environment?: Record<string, string | number | null>;
  secrets?: string[];
  configs?: { source: string; target: string }[];
  ports?: string[];
  volumes?: string[];
  depends_on?: string[] | Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  profiles?: string[];
  user?: string;
  extends?: { file: string; service: string };
}

/** A Compose file, or several merged. */
export interface Compose {
  services: Record<string, Service>;
  configs?: Record<string, { file: string }>;
  secrets?: Record<string, { file: string }>;
  volumes?: Record<string, unknown>;
}

/** Values that replace what another file says, instead of being added to it: those tagged `!override` or `!reset`. */
const replacing = new WeakSet();

/**
 * Reads Compose files as Docker Compose does, as far as ours use it: variables with defaults, `extends`, later files over
 * earlier ones (maps and lists are added to, unless tagged `!override` or `!reset`).
 * @param files relative to the root, in the order of `-f`
 * @param env the variables of `.env`
 */
export function readCompose(files: string[], env: Record<string, string> = {}): Compose {
  const read = (file: string): Compose => {
    const compose = readFile(file, env);
    for (const [name, { extends: base, ...own }] of Object.entries(compose.services)) {
      if (base) compose.services[name] = merge(read(base.file).services[base.service], own) as Service;
    }
    return compose;
  };
  return files.map(read).reduce((merged, next) => merge(merged, next) as Compose);
}

function readFile(file: string, env: Record<string, string>): Compose {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  const filled = text.replace(
    /\$\{(\w+)(?::-([^}]*))?\}/g,
    (_whole, name: string, otherwise?: string) => env[name] || (otherwise ?? ''),
  );
  const document = parseDocument(filled, { merge: true, logLevel: 'error' });
  if (document.errors.length > 0) throw new Error(`${file}: ${document.errors.join('\n')}`);
  const compose = document.toJS() as Compose;
  for (const keys of tagged(document)) {
    const value = keys.reduce<unknown>((inside, key) => (inside as Record<string, unknown>)[key], compose);
    if (typeof value === 'object' && value !== null) replacing.add(value);
  }
  return compose;
}

/** Where the tags are that say "instead". */
function tagged(document: Document.Parsed): string[][] {
  const found: string[][] = [];
  visit(document, {
    Collection(_key, node, ancestors) {
      if (node.tag !== '!override' && node.tag !== '!reset') return;
      found.push(ancestors.flatMap((one) => (isPair(one) ? [String(one.key)] : [])));
    },
  });
  return found;
}

function merge(below: unknown, above: unknown): unknown {
  if (above === undefined) return below;
  if (typeof above === 'object' && above !== null && replacing.has(above)) return above;
  if (Array.isArray(below) && Array.isArray(above)) return [...(below as unknown[]), ...(above as unknown[])];
  if (!isMap(below) || !isMap(above)) return above;
  const names = new Set([...Object.keys(below), ...Object.keys(above)]);
  // A command and a check are one thing, not a list of things.
  const whole = (name: string): boolean => name === 'command' || name === 'test';
  return Object.fromEntries(
    [...names].map((name) => [
      name,
      whole(name) ? (above[name] ?? below[name]) : merge(below[name], above[name]),
    ]),
  );
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

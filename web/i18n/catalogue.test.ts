import { ERRORS } from '@nests/protocol/errors';
import { describe, expect, it } from 'vitest';

/** What a source file says by key: whole keys, and patterns of keys that are put together at run time. */
interface Said {
  keys: string[];
  patterns: RegExp[];
}

const sources = import.meta.glob<string>(
  ['../**/*.{ts,tsx}', '!../**/*.test.{ts,tsx}', '!../{dist,node_modules}/**'],
  {
    query: '?raw',
    import: 'default',
    eager: true,
  },
);
const catalogues = import.meta.glob<Record<string, unknown>>('./en/*.json', {
  import: 'default',
  eager: true,
});

/** Every key of the catalogues as `namespace:path.of.key`. */
const known = Object.entries(catalogues).flatMap(([file, words]) => {
  const namespace = /(\w+)\.json$/.exec(file)?.[1] ?? '';
  return flatten(words).map((key) => `${namespace}:${key}`);
});
const namespaces = Object.keys(catalogues).map((file) => /(\w+)\.json$/.exec(file)?.[1] ?? '');

function flatten(words: Record<string, unknown>, before = ''): string[] {
  return Object.entries(words).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null
      ? flatten({ ...value }, `${before}${key}.`)
      : [`${before}${key}`],
  );
}

/** `lobby:heads_one` and `lobby:heads_other` are one key to those who use it. */
const withoutPlural = (key: string) => key.replace(/_(zero|one|two|few|many|other)$/, '');

/**
 * Finds keys in a source file: every literal `'namespace:key'` wherever it stands, and `t('key')` in the namespace that
 * the file names in `useTranslation('namespace')`. A key in a template is a pattern with a gap.
 */
function keysIn(source: string): Said {
  const own = /(?:useTranslation\(|TFunction<)'(\w+)'/.exec(source)?.[1] ?? 'common';
  const literal = new RegExp(`['"]((?:${namespaces.join('|')}):[\\w.]+)['"]`, 'g');
  const plain = /\bt\(\s*'([\w.]+)'/g;
  const template = new RegExp(`\`((?:${namespaces.join('|')}):[^\`]*\\$\\{[^\`]*)\``, 'g');
  const plainTemplate = /\bt\(\s*`([\w.]*\$\{[^`]*)`/g;
  const found = (pattern: RegExp) => [...source.matchAll(pattern)].map((match) => match[1] ?? '');
  const gap = (text: string) =>
    new RegExp(`^${text.replaceAll('.', '\\.').replace(/\$\{[^}]*\}/g, '[\\w.]+')}$`);
  return {
    keys: [...found(literal), ...found(plain).map((key) => `${own}:${key}`)],
    patterns: [...found(template), ...found(plainTemplate).map((key) => `${own}:${key}`)].map(gap),
  };
}

describe('finding keys in the code', () => {
  it('sees literals with their namespace, plain ones in the namespace of the file, and gaps', () => {
    const said = keysIn(
      "const { t } = useTranslation('nest'); t('a.b'); f('lobby:x'); t(`step.${id}.title`); a.split('c:d')",
    );
    expect(said.keys).toEqual(['lobby:x', 'nest:a.b']);
    expect(said.patterns).toHaveLength(1);
    expect(said.patterns[0]?.test('nest:step.token.title')).toBe(true);
    expect(said.patterns[0]?.test('nest:step.token.text')).toBe(false);
  });
});

describe('the catalogue', () => {
  const said = Object.entries(sources).map(([file, source]) => ({ file, ...keysIn(source) }));
  const keys = new Set(known.map(withoutPlural));

  it('is there at all', () => {
    expect(namespaces).toContain('lobby');
    expect(said.flatMap((one) => one.keys).length).toBeGreaterThan(100);
  });

  it('has every key that the code uses', () => {
    const missing = said.flatMap(({ file, keys: used }) =>
      used.filter((key) => !keys.has(key) && !known.includes(key)).map((key) => `${key} in ${file}`),
    );
    expect(missing).toEqual([]);
  });

  it('has no key that the code does not use', () => {
    const ofTheApi = Object.values(ERRORS).map((error) => error.key);
    const used = new Set([...said.flatMap((one) => one.keys), ...ofTheApi]);
    const patterns = said.flatMap((one) => one.patterns);
    const left = [...keys].filter((key) => !used.has(key) && !patterns.some((pattern) => pattern.test(key)));
    expect(left).toEqual([]);
  });

  it('has both forms of every plural, and says the number where the forms differ', () => {
    const plurals = known.filter((key) => key.endsWith('_one'));
    for (const key of plurals) expect(known).toContain(key.replace(/_one$/, '_other'));
    expect(plurals.length).toBeGreaterThan(0);
  });

  it('says nothing empty and nothing with spaces around it', () => {
    const texts = Object.values(catalogues).flatMap((words) => leaves(words));
    expect(texts.filter((text) => text.trim() !== text || text === '')).toEqual([]);
  });
});

function leaves(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [];
}

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseDocument } from 'yaml';
import { REPAIR_KINDS } from '../api/nests/repairs.ts';
import { ROOT } from './testing/compose.ts';

const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const operating = read('docs/operating.md');
const deploying = read('docs/deploying.md');

describe('docs/operating.md', () => {
  it('says what to do about every alert, and about none that is not there', () => {
    const { groups } = parse(read('deploy/prometheus/alerts.yaml')) as {
      groups: { rules: { alert: string }[] }[];
    };
    const alerts = groups.flatMap(({ rules }) => rules.map(({ alert }) => alert));
    const told = [...operating.matchAll(/^\| `((?:Nests|LiveKit)\w+)` \|/gm)].map(([, name]) => name);
    expect(told.sort()).toEqual(alerts.sort());
  });

  it('explains every kind of repair', () => {
    const [, table = ''] = operating.split('\n## Repairs\n');
    const told = [...(table.split('\n## ')[0] ?? '').matchAll(/^\| `([a-z_]+)` \|/gm)].map(
      ([, kind]) => kind,
    );
    expect(told.filter((kind) => kind !== 'repair')).toEqual([...REPAIR_KINDS]);
  });

  it('lists every metric of ours', () => {
    const sources = ['api/metrics.ts', 'api/observed.ts', 'api/http/health.ts', 'api/http/events.ts'].map(
      read,
    );
    const made = new Set(sources.join('\n').match(/(?<=')nests_\w+(?=')/g));
    const told = [...operating.matchAll(/^\| `(nests_\w+)` \|/gm)].map(([, name]) => name);
    expect(made.size).toBeGreaterThan(10);
    expect(told.sort()).toEqual([...made].sort());
  });
});

describe('docs/deploying.md', () => {
  it('shows YAML that is YAML, and settings that Compose reads', () => {
    const blocks = [...deploying.matchAll(/^( *)```yaml\n([\s\S]*?)\n\1```/gm)].map(
      ([, , text = '']) => text,
    );
    expect(blocks.length).toBeGreaterThan(1);
    for (const text of blocks) expect(parseDocument(text).errors).toEqual([]);
    const files = read('compose.yaml') + read('deploy/Caddyfile');
    const [, env = ''] = /write a file `\.env`[\s\S]*?```sh\n([\s\S]*?)```/.exec(deploying) ?? [];
    const names = [...env.matchAll(/^(\w+)=/gm)].map(([, name = '']) => name);
    expect(names).toHaveLength(6);
    for (const name of names) expect(files).toMatch(new RegExp(`\\$\\{?${name}\\b`));
  });
});

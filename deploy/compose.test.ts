import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { MANY_PORTS, PORTS, readCompose, ROOT, type Compose } from './testing/compose.ts';
import { hasProgram, run } from './testing/host.ts';

const one = readCompose(['compose.yaml']);
const many = readCompose(['compose.yaml', 'compose.many.yaml']);

describe.each([
  ['compose.yaml', one, PORTS],
  ['compose.yaml with compose.many.yaml', many, MANY_PORTS],
] as [string, Compose, Record<string, number[]>][])('%s', (_file, compose, ports) => {
  const services = Object.entries(compose.services);

  it('names only what it has', () => {
    for (const [name, { secrets = [], configs = [], volumes = [], depends_on = [] }] of services) {
      for (const secret of secrets) expect(compose.secrets, name).toHaveProperty(secret);
      for (const { source } of configs) expect(compose.configs, name).toHaveProperty(source);
      for (const volume of volumes.filter((text) => !text.startsWith('.')))
        expect(compose.volumes, name).toHaveProperty(volume.split(':')[0] ?? '');
      for (const other of Array.isArray(depends_on) ? depends_on : Object.keys(depends_on))
        expect(compose.services, name).toHaveProperty(other);
    }
    for (const { file } of Object.values(compose.configs ?? {}))
      expect(() => readFileSync(path.join(ROOT, file))).not.toThrow();
  });

  it('publishes on the loopback address alone', () => {
    for (const [name, { ports: published = [] }] of services)
      for (const port of published) expect(port, name).toMatch(/^127\.0\.0\.1:/);
    const outside = services.flatMap(([, { ports: published = [] }]) =>
      published.map((text) => text.replace(/:\d+(\/udp)?$/, '$1')),
    );
    expect(new Set(outside).size).toBe(outside.length);
  });

  it('speaks to services by names and ports that they have', () => {
    const texts = services.flatMap(([name, { environment = {}, configs = [], ports: published = [] }]) => [
      ...Object.values(environment).map(String),
      ...configs
        .filter(() => name in ports)
        .map(({ source }) => readFileSync(path.join(ROOT, compose.configs?.[source]?.file ?? ''), 'utf8')),
      ...published.map((text) => text.replace(/.*:(\d+)(\/udp)?$/, `${name}:$1`)),
    ]);
    const named = texts.flatMap((text) => [...text.matchAll(/\b([a-z][\w-]*):(\d+)\b/g)]);
    const known = named.filter(([, name = '']) => name in compose.services && name !== 'prometheus');
    expect(known.length).toBeGreaterThan(6);
    for (const [, name = '', port] of known) expect(ports[name], name).toContain(Number(port));
  });

  it('lets Prometheus miss every API and every node of LiveKit: it is given their names, and looks for none', () => {
    const file = path.join(ROOT, compose.configs?.['prometheus']?.file ?? '');
    const { scrape_configs: jobs } = parse(readFileSync(file, 'utf8')) as {
      scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[];
    };
    const asked = jobs.map(({ job_name, static_configs }) => [
      job_name,
      static_configs.flatMap(({ targets }) => targets),
    ]);
    const named = (start: string, port: number): string[] =>
      services.flatMap(([name]) => (name.startsWith(start) ? [`${name}:${port}`] : []));
    expect(asked).toEqual([
      ['nests', named('nests-api', 9464)],
      ['livekit', named('livekit', 6789)],
    ]);
  });

  it('has no secret in it', () => {
    for (const [name, { environment = {} }] of services) {
      for (const variable of Object.keys(environment))
        expect(variable, name).not.toMatch(/(SECRET|TOKEN|PASSWORD)$/);
    }
  });
});

describe('the image', () => {
  const text = readFileSync(path.join(ROOT, 'deploy/nests.Dockerfile'), 'utf8');

  it('installs for every workspace, runs as an ordinary user, and is asked whether it is ready', () => {
    const { workspaces } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
      workspaces: string[];
    };
    for (const workspace of workspaces)
      expect(text).toContain(`COPY ${workspace}/package.json ${workspace}/`);
    expect(text).toMatch(/^FROM node:\d+-bookworm-slim$/m);
    expect(text).toMatch(/^USER node$/m);
    expect(text).toMatch(/^HEALTHCHECK .*\\\n\s+CMD curl .*\/ready/m);
    expect(text).toContain('curl ca-certificates');
  });

  it('is the one the services run, with commands that are in it', () => {
    for (const { image, command } of Object.values(many.services).filter((one) =>
      one.image?.startsWith('nests:'),
    )) {
      expect(image).toBe('nests:1.0.0');
      const program = command?.at(-1) ?? '';
      expect(text).toContain(`COPY --from=build /nests/${path.dirname(program)} `);
    }
  });
});

it.runIf(hasProgram('shellcheck'))('the shell scripts are clean', async () => {
  const listed = await run(['git', 'ls-files', '*.sh']);
  const files = listed.output.split('\n').filter((file) => file !== '');
  expect(files).toContain('scripts/test-restart-endpoint.sh');
  expect(await run(['shellcheck', '--external-sources', ...files])).toEqual({ code: 0, output: '' });
});

it('Docker Compose itself reads the files, where it is there', async (context) => {
  if ((await run(['docker', 'compose', 'version'])).code !== 0) context.skip('no docker compose here');
  for (const files of [['compose.yaml'], ['compose.yaml', 'compose.many.yaml']]) {
    const words = files.flatMap((file) => ['-f', file]);
    const { code, output } = await run([
      'docker',
      'compose',
      ...words,
      '--profile',
      '*',
      'config',
      '--quiet',
    ]);
    expect(output).toBe('');
    expect(code).toBe(0);
  }
});

import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive } from './processes.js';
import { Supervisor } from './supervisor.js';
import { scratch, until } from './testing/scratch.js';

/** @type {string} */
let folder;
/** @type {string[]} */
let said;
/** @type {string[]} */
let printed;
/** @type {string[]} */
let guarded;
/** @type {Supervisor} */
let supervisor;

const quick = { pausesMs: [0, 1], deaths: 3, windowMs: 60_000, answerMs: 10_000, askEveryMs: 5 };

/** @param {Partial<typeof quick>} [patience] */
const supervise = (patience = {}) =>
  new Supervisor({
    runDir: folder,
    onLine: (name, line) => printed.push(`${name}: ${line}`),
    say: (sentence) => said.push(sentence),
    guardian: {
      add: (pid) => guarded.push(`+${pid}`),
      remove: (pid) => guarded.push(`-${pid}`),
      end: () => Promise.resolve(),
    },
    patience: { ...quick, ...patience },
  });

beforeEach(async () => {
  folder = await scratch();
  [said, printed, guarded] = [[], [], []];
  supervisor = supervise();
});

afterEach(() => supervisor.stop());

/**
 * A tiny part: it writes a line into `<name>.life` when it does its work, and when it ends well.
 * @param {string} name
 * @param {string} [body] what else it does
 * @returns {import('./part.js').PartPlan}
 */
function part(name, body = '') {
  const life = join(folder, `${name}.life`);
  const program = `
    const fs = require('node:fs');
    const note = (word) => fs.appendFileSync(${JSON.stringify(join(folder, 'order'))}, '${name} ' + word + '\\n');
    process.on('SIGTERM', () => { note('ends'); process.exit(0); });
    ${body}
    setInterval(() => {}, 1000);
    note('starts');
    fs.writeFileSync(${JSON.stringify(life)}, String(process.pid));`;
  return {
    name,
    command: process.execPath,
    args: ['-e', program],
    env: {},
    answers: async () => existsSync(life) && Number(await readFile(life, 'utf8')) === (await pidOf(name)),
    patienceMs: 5000,
  };
}

/** @param {string} name */
const pidOf = async (name) => Number(await readFile(join(folder, `${name}.pid`), 'utf8').catch(() => 'none'));

const order = async () => (await readFile(join(folder, 'order'), 'utf8')).trim().split('\n');

describe('keeping the parts running', () => {
  it('starts them and waits until they answer, and stops the last one first', async () => {
    for (const name of ['livekit', 'relay', 'api']) await supervisor.start(part(name));
    const pids = await Promise.all(['livekit', 'relay', 'api'].map(pidOf));
    expect(pids.every(isAlive)).toBe(true);
    await supervisor.stop();
    expect(pids.some(isAlive)).toBe(false);
    expect(await order()).toEqual([
      ...['livekit starts', 'relay starts', 'api starts'],
      ...['api ends', 'relay ends', 'livekit ends'],
    ]);
    expect(existsSync(join(folder, 'api.pid'))).toBe(false);
    expect(guarded).toEqual([...pids.map((pid) => `+${pid}`), ...pids.toReversed().map((pid) => `-${pid}`)]);
  });

  it('starts one again that died, and says so', async () => {
    await supervisor.start(part('relay'));
    const first = await pidOf('relay');
    process.kill(first, 'SIGKILL');
    await until(() => said.includes('relay answers again.'));
    const second = await pidOf('relay');
    expect(second).not.toBe(first);
    expect(isAlive(second)).toBe(true);
    expect(said).toEqual(['relay was ended by SIGKILL; it is started again now.', 'relay answers again.']);
    expect(guarded).toEqual([`+${first}`, `-${first}`, `+${second}`]);
  });

  it('gives up on one that keeps dying, with its last lines', async () => {
    const sick = join(folder, 'sick');
    await supervisor.start(
      part('api', `if (fs.existsSync('${sick}')) { console.error('no space left'); process.exit(3); }`),
    );
    await writeFile(sick, '');
    process.kill(await pidOf('api'), 'SIGKILL');
    const failure = await supervisor.failed;
    expect(failure.message).toBe(
      'api keeps ending: 3 times in 60 s. The last time it ended with code 3.\nIts last lines:\n  no space left',
    );
    expect(said.at(-1)).toBe('api ended with code 3; it is started again in 0.001 s.');
  });

  it('forgets deaths that are long ago', async () => {
    supervisor = supervise({ windowMs: 0, deaths: 2 });
    await supervisor.start(part('relay'));
    for (let death = 1; death <= 3; death += 1) {
      process.kill(await pidOf('relay'), 'SIGKILL');
      await until(() => said.filter((sentence) => sentence === 'relay answers again.').length === death);
    }
    expect(isAlive(await pidOf('relay'))).toBe(true);
  });

  it('does not try again what ends at its very start', async () => {
    const broken = part('api', `console.error('NESTS_SECRET is short'); process.exit(1);`);
    await expect(supervisor.start(broken)).rejects.toThrow(
      'api ended with code 1 at its start.\nIts last lines:\n  NESTS_SECRET is short',
    );
    expect(said).toEqual([]);
  });

  it('says so when a part cannot be started at all', async () => {
    const missing = { ...part('livekit'), command: join(folder, 'nowhere') };
    await expect(supervisor.start(missing)).rejects.toThrow(/livekit could not be started: .*ENOENT/);
  });

  it('gives up on one that never answers', async () => {
    supervisor = supervise({ answerMs: 30 });
    await expect(supervisor.start({ ...part('api'), answers: () => Promise.resolve(false) })).rejects.toThrow(
      'api does not answer after 0 s.\nIt said nothing.',
    );
    expect(said).toEqual([]);
  });

  it('kills one that answers no more once it was started again, and does not do so for ever', async () => {
    let first = true;
    // It forgets at once: what has not answered since is remembered all the same.
    supervisor = supervise({ windowMs: 0, answerMs: 30 });
    await supervisor.start({ ...part('api'), answers: () => Promise.resolve(first) });
    first = false;
    process.kill(await pidOf('api'), 'SIGKILL');
    expect((await supervisor.failed).message).toMatch(
      /^api keeps ending: 3 times\. The last time it was ended by SIGKILL\./,
    );
    expect(said.filter((sentence) => sentence === 'api does not answer after 0 s.')).toHaveLength(2);
  });

  it('waits at the start until one is ready, and lets it live when it is so no longer', async () => {
    let asked = 0;
    const missing = () => Promise.resolve(++asked < 3 ? 'livekit cannot be reached' : undefined);
    await supervisor.start({ ...part('api'), missing });
    expect(asked).toBe(3);
    process.kill(await pidOf('api'), 'SIGKILL');
    await until(() => said.includes('api answers again.'));
    expect(asked).toBe(3);
  });

  it('gives up on one that does not get ready, and says what it waits for', async () => {
    supervisor = supervise({ answerMs: 30 });
    const missing = () => Promise.resolve('livekit cannot be reached');
    const answers = () => Promise.resolve(true);
    await expect(supervisor.start({ ...part('api'), answers, missing })).rejects.toThrow(
      'api is not ready after 0 s: livekit cannot be reached.\nIt said nothing.',
    );
  });

  it('starts nothing once everything is to stop', async () => {
    await supervisor.stop();
    await expect(supervisor.start(part('api'))).rejects.toThrow('Stopped while starting.');
    expect(guarded).toEqual([]);
  });

  it('restarts one on purpose without counting it as a death', async () => {
    supervisor = supervise({ deaths: 1 });
    await supervisor.start(part('api'));
    const first = await pidOf('api');
    await supervisor.restart('api');
    await until(async () => ![0, first].includes(await pidOf('api')));
    expect(said).toEqual([]);
  });

  it('kills one that does not end when it is asked to, and what it started itself', async () => {
    const child = join(folder, 'child');
    const stubborn = part(
      'api',
      `process.removeAllListeners('SIGTERM'); process.on('SIGTERM', () => {});
       const { pid } = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
       fs.writeFileSync('${child}', String(pid));`,
    );
    await supervisor.start({ ...stubborn, patienceMs: 50 });
    const [parent, grandchild] = [await pidOf('api'), Number(await readFile(child, 'utf8'))];
    await supervisor.stop();
    await until(() => !isAlive(parent) && !isAlive(grandchild));
  });

  it('asks a second time, where the first only makes a part wait', async () => {
    const patient = part(
      'livekit',
      `process.removeAllListeners('SIGTERM'); let asked = 0;
      process.on('SIGTERM', () => { asked += 1; note('asked'); if (asked === 2) process.exit(0); });`,
    );
    await supervisor.start({ ...patient, askAgainMs: 500 });
    await supervisor.stop();
    expect((await order()).slice(1)).toEqual(['livekit asked', 'livekit asked']);
  });

  it('ends everything at once when it must', async () => {
    await supervisor.start(
      part('api', `process.removeAllListeners('SIGTERM'); process.on('SIGTERM', () => {});`),
    );
    const pid = await pidOf('api');
    supervisor.kill();
    await until(() => !isAlive(pid));
  });

  it('hands on every line a part prints', async () => {
    await supervisor.start(
      part('relay', `console.log('one'); console.error('two'); process.stdout.write('with\\r\\nend');`),
    );
    await supervisor.stop();
    expect(printed.toSorted()).toEqual(['relay: end', 'relay: one', 'relay: two', 'relay: with']);
  });
});

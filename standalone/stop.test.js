import { spawn } from 'node:child_process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { lines } from './lines.js';
import { isAlive } from './processes.js';
import { until } from './testing/scratch.js';

const STOP = JSON.stringify(new URL('stop.js', import.meta.url).href);

/** A program that listens for the wish to stop, and does not care. */
async function stubborn({ wrapped = false, sameMs = 250 } = {}) {
  const program = `
    import { listenForStop } from ${STOP};
    const stop = listenForStop(process.env, ${sameMs});
    process.on('SIGUSR2', () => console.log('heard'));
    stop.signal.addEventListener('abort', () => console.log('stopping'));
    stop.onHurry(() => console.log('at once'));
    setInterval(() => {}, 1000);
    console.log('up', process.pid);`;
  const args = ['--input-type=module', '-e', program];
  // As npm runs a script: in a shell that is told of signals, and keeps them to itself.
  const child = wrapped
    ? spawn('/bin/sh', ['-c', '"$0" "$@"; true', process.execPath, ...args], {
        env: { npm_lifecycle_event: 'start' },
      })
    : spawn(process.execPath, args);
  /** @type {string[]} */
  const said = [];
  onTestFinished(() => {
    child.kill('SIGKILL');
    const own = Number(said[0]?.split(' ')[1]);
    if (wrapped && isAlive(own)) process.kill(own, 'SIGKILL');
  });
  lines(child.stdout, (line) => said.push(line));
  const code = new Promise((resolve) => child.on('close', resolve));
  await until(() => said[0]?.startsWith('up') === true);
  return { child, said, code };
}

describe('the wish to stop', () => {
  it('is one when Ctrl-C comes twice at the same moment, from the terminal and from npm', async () => {
    const { child, said } = await stubborn({ sameMs: 60_000 });
    child.kill('SIGINT');
    child.kill('SIGTERM');
    await until(() => said.includes('stopping'));
    child.kill('SIGINT');
    child.kill('SIGHUP');
    // It answers after it has heard the wishes, each of which would have ended it.
    child.kill('SIGUSR2');
    await until(() => said.includes('heard'));
    expect(said.slice(1)).toEqual(['stopping', 'heard']);
    expect(child.exitCode).toBeNull();
  });

  it('is urgent the second time, and ends at once', async () => {
    const { child, said, code } = await stubborn();
    child.kill('SIGTERM');
    await until(() => said.includes('stopping'));
    await until(() => {
      child.kill('SIGINT');
      return child.exitCode !== null;
    });
    expect(await code).toBe(137);
    expect(said.slice(1)).toEqual(['stopping', 'at once']);
  });

  it('is also that the shell between npm and us was told to end', async () => {
    const { child, said } = await stubborn({ wrapped: true });
    child.kill('SIGTERM');
    await until(() => said.includes('stopping'));
  });
});

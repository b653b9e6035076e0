import { spawn } from 'node:child_process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { lines } from './lines.js';
import { until } from './testing/scratch.js';

const STOP = JSON.stringify(new URL('stop.js', import.meta.url).href);

/** A program that listens for the wish to stop, and does not care. */
async function stubborn() {
  const program = `
    import { listenForStop } from ${STOP};
    const stop = listenForStop();
    stop.signal.addEventListener('abort', () => console.log('stopping'));
    stop.onHurry(() => console.log('at once'));
    setInterval(() => {}, 1000);
    console.log('up');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program]);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  /** @type {string[]} */
  const said = [];
  lines(child.stdout, (line) => said.push(line));
  const code = new Promise((resolve) => child.on('close', resolve));
  await until(() => said.includes('up'));
  return { child, said, code };
}

describe('the wish to stop', () => {
  it('is one when Ctrl-C comes twice at the same moment, from the terminal and from npm', async () => {
    const { child, said } = await stubborn();
    child.kill('SIGINT');
    child.kill('SIGTERM');
    await until(() => said.includes('stopping'));
    child.kill('SIGINT');
    // What comes later is read after what came before: the second wish would have ended it by now.
    child.kill('SIGHUP');
    expect(said).toEqual(['up', 'stopping']);
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
    expect(said).toEqual(['up', 'stopping', 'at once']);
  });
});

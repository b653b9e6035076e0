import { describe, expect, it } from 'vitest';
import { makeLog } from './log.ts';
import { Metrics } from './metrics.ts';
import { LIVEKIT, observed, STORE, watch } from './observed.ts';

/** A part with a memory of its own, as classes have. */
class Part {
  #calls = 0;
  readonly name = 'part';
  async put(record: { id: string; rev: number; host: string }, expected: number | null): Promise<string> {
    this.#calls += 1;
    return `${record.id} ${expected} ${this.#calls}`;
  }
  async get(_id: string): Promise<never> {
    return Promise.reject(new Error('gone'));
  }
}

function watched(debug: boolean) {
  const lines: Record<string, unknown>[] = [];
  const log = makeLog(debug ? 'debug' : 'info', {
    write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>),
  });
  const metrics = new Metrics('1.0.0');
  const part = observed(new Part(), watch(STORE, metrics, log, debug));
  return { part, metrics, log, lines };
}

describe('an observed part', () => {
  it('answers and fails as the part itself does', async () => {
    const { part } = watched(false);
    expect(part.name).toBe('part');
    expect(await part.put({ id: 'n', rev: 2, host: 'h' }, 1)).toBe('n 1 1');
    expect(await part.put({ id: 'n', rev: 3, host: 'h' }, 2)).toBe('n 2 2');
    await expect(part.get('n')).rejects.toThrow('gone');
  });

  it('is measured, call by call', async () => {
    const { part, metrics } = watched(false);
    await part.put({ id: 'n', rev: 1, host: 'h' }, null);
    await part.get('n').catch(() => undefined);
    await part.get('m').catch(() => undefined);
    const text = await metrics.text();
    const name = 'nests_store_call_duration_seconds';
    expect(text).toContain(`# TYPE ${name} histogram`);
    expect(text).toContain(`${name}_count{call="put",outcome="ok"} 1`);
    expect(text).toContain(`${name}_count{call="get",outcome="failed"} 2`);
    expect(text).toContain(`${name}_bucket{call="get",outcome="failed",le="+Inf"} 2`);
    expect(text).not.toContain('call="get",outcome="ok"');
  });

  it('has a line for every change, and for what it only reads where everything is told', async () => {
    const quiet = watched(false);
    await quiet.part.put({ id: 'n', rev: 7, host: 'h' }, 6);
    await quiet.part.get('n').catch(() => undefined);
    expect(quiet.lines).toMatchObject([
      { level: 'info', msg: 'Store call', call: 'put', nestId: 'n', rev: 7, outcome: 'ok' },
    ]);
    const loud = watched(true);
    await loud.part.get('n').catch(() => undefined);
    expect(loud.lines).toMatchObject([{ level: 'debug', call: 'get', nestId: 'n', outcome: 'failed' }]);
  });

  it('never has what was handed over in a line, only ids and names of rooms', () => {
    const lines: string[] = [];
    const log = makeLog('debug', { write: (line) => lines.push(line) });
    const tellStore = watch(STORE, new Metrics('1.0.0'), log, true);
    const tellLiveKit = watch(LIVEKIT, new Metrics('1.0.0'), log, true);
    tellStore('put', [{ id: 'n', rev: 1, invites: [{ hash: 'S3CRET' }] }, null], 0.1, false);
    tellStore('useOnce', ['auth:S3CRET', 1000], 0.1, false);
    tellStore('setEpoch', ['S3CRET'], 0.1, true);
    tellLiveKit('createRoom', ['n:1', { metadata: 'S3CRET' }], 0.1, false);
    tellLiveKit('token', [{ room: 'n:1', identity: 'S3CRET' }], 0.1, false);
    expect(lines).toHaveLength(5);
    expect(lines.join('')).toContain('"room":"n:1"');
    expect(lines.join('')).not.toContain('S3CRET');
  });
});

describe('durations', () => {
  it('fall into the buckets that Prometheus adds up', async () => {
    const metrics = new Metrics('1.0.0');
    const some = metrics.durations('t_seconds', 'T', ['of']).with({ of: 'x' });
    for (const seconds of [0.0005, 0.001, 0.3, 100]) some.took(seconds);
    const text = await metrics.text();
    expect(text).toContain('t_seconds_bucket{of="x",le="0.001"} 2');
    expect(text).toContain('t_seconds_bucket{of="x",le="0.25"} 2');
    expect(text).toContain('t_seconds_bucket{of="x",le="0.5"} 3');
    expect(text).toContain('t_seconds_bucket{of="x",le="+Inf"} 4');
    expect(text).toContain('t_seconds_count{of="x"} 4');
    expect(text).toContain('t_seconds_sum{of="x"} 100.3015');
  });

  it('stand beside what Node tells of the process', async () => {
    const metrics = new Metrics('1.0.0');
    metrics.watchProcess();
    const text = await metrics.text();
    for (const name of [
      'process_resident_memory_bytes',
      'process_cpu_seconds_total',
      'nodejs_eventloop_lag_p99_seconds',
    ])
      expect(text).toContain(`\n${name} `);
  });
});

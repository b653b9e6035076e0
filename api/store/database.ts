import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { StoreUnavailable } from '../nests/ports.ts';
import { serveDatabase, type ThreadData, type ThreadReply, type ThreadRequest } from './database-thread.ts';
import { SCHEMA, STATEMENTS, type Job, type Row, type StatementName, type Value } from './schema.ts';

/** More jobs than this are not put into one commit, so that nobody waits for long. */
const MOST_JOBS = 1_000;

interface Waiting extends Job {
  resolve: (rows: Row[]) => void;
  reject: (error: StoreUnavailable) => void;
}

/** An open thread: what is under way in it, and how it ended. */
interface Thread {
  worker: Worker;
  running: Waiting[];
}

/**
 * A libsql database in a thread of its own. While one batch is being committed the next one gathers, so that the busier
 * it is, the more writers share an fsync. A thread that dies is started again with the next call.
 */
export class Database {
  readonly #file: string;
  readonly #queue: Waiting[] = [];
  #thread: Thread | undefined;
  #opening: Promise<Thread> | undefined;
  #closed = false;

  constructor(file: string) {
    this.#file = file;
  }

  /** @throws StoreUnavailable when the file cannot be opened */
  async open(): Promise<void> {
    await this.#open();
  }

  /** Runs one statement; what it wrote is on the disk when this resolves. @throws StoreUnavailable */
  run(name: StatementName, ...values: Value[]): Promise<Row[]> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ name, values, resolve, reject });
      this.#pump();
    });
  }

  /** Finishes what is under way and closes the file. */
  async close(): Promise<void> {
    if (this.#closed) return;
    while (this.#queue.length > 0 || (this.#thread?.running.length ?? 0) > 0) await this.run('ping');
    this.#closed = true;
    const { worker } = this.#thread ?? {};
    if (!worker) return;
    worker.ref();
    await new Promise<void>((resolve) => {
      worker.on('message', (reply: ThreadReply) => reply.type === 'closed' && resolve());
      worker.on('exit', () => resolve());
      post(worker, { type: 'close' });
    });
    await worker.terminate();
  }

  #pump(): void {
    const thread = this.#thread;
    if (this.#closed) {
      fail(this.#queue.splice(0), 'the store is closed');
    } else if (!thread) {
      this.#open().catch((error: unknown) => fail(this.#queue.splice(0), error));
    } else if (thread.running.length === 0 && this.#queue.length > 0) {
      thread.running = this.#queue.splice(0, MOST_JOBS);
      // Without this a process could end while it waits for its answer.
      thread.worker.ref();
      post(thread.worker, {
        type: 'run',
        jobs: thread.running.map(({ name, values }) => ({ name, values })),
      });
    }
  }

  #open(): Promise<Thread> {
    this.#opening ??= this.#start().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #start(): Promise<Thread> {
    const data: ThreadData = {
      libsql: createRequire(import.meta.url).resolve('libsql'),
      file: this.#file,
      schema: SCHEMA,
      statements: STATEMENTS,
    };
    const worker = new Worker(CODE, { eval: true, workerData: data });
    const thread: Thread = { worker, running: [] };
    await new Promise<void>((resolve, reject) => {
      worker.once('message', (reply: ThreadReply) => {
        if (reply.type === 'ready') resolve();
        else reject(outage(reply.type === 'broken' ? reply.error : reply.type));
      });
      worker.once('error', (error) => reject(outage(error)));
      worker.once('exit', () => reject(outage('its thread ended')));
    }).catch(async (error: unknown) => {
      await worker.terminate();
      throw error;
    });
    worker.on('message', (reply: ThreadReply) => this.#answered(thread, reply));
    worker.once('exit', () => this.#died(thread));
    worker.unref();
    this.#thread = thread;
    this.#pump();
    return thread;
  }

  #answered(thread: Thread, reply: ThreadReply): void {
    if (reply.type !== 'done') return;
    const jobs = thread.running;
    thread.running = [];
    thread.worker.unref();
    this.#pump();
    jobs.forEach(({ resolve, reject }, index) => {
      const result = reply.results[index];
      if (result && 'rows' in result) resolve(result.rows);
      else reject(outage(result?.error ?? 'no answer'));
    });
  }

  #died(thread: Thread): void {
    if (this.#thread === thread) this.#thread = undefined;
    fail(thread.running.splice(0), 'its thread ended');
  }
}

const CODE = `
const { parentPort, workerData } = require('node:worker_threads');
(${serveDatabase.toString()})(require(workerData.libsql), parentPort, workerData);
`;

function post(worker: Worker, request: ThreadRequest): void {
  worker.postMessage(request);
}

function outage(cause: unknown): StoreUnavailable {
  const what = cause instanceof Error ? cause.message : String(cause);
  return new StoreUnavailable(`The embedded store does not answer: ${what}`, { cause });
}

function fail(jobs: Waiting[], cause: unknown): void {
  const error = cause instanceof StoreUnavailable ? cause : outage(cause);
  for (const { reject } of jobs) reject(error);
}

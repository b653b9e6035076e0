import type { MessagePort } from 'node:worker_threads';
import type DatabaseClass from 'libsql';
import type { Job, Row } from './schema.ts';

/** What the thread is started with. */
export interface ThreadData {
  /** where `libsql` lies: the thread's code is text and has no folder of its own */
  libsql: string;
  file: string;
  schema: string;
  statements: Record<string, string>;
}

/** What the thread is sent. */
export type ThreadRequest = { type: 'run'; jobs: Job[] } | { type: 'close' };
/** What it answers, in order: `ready` or `broken` first, then one `done` per `run`, `closed` at last. */
export type ThreadReply =
  | { type: 'ready' }
  | { type: 'broken'; error: string }
  | { type: 'done'; results: ({ rows: Row[] } | { error: string })[] }
  | { type: 'closed' };

/**
 * The body of the database's thread. libsql's calls block; here they block nobody. A batch is one commit, so that many
 * writers share one fsync; when it fails, each of its jobs is tried alone, so that one cannot cost the others theirs.
 *
 * This function is sent to the thread as text (so that it needs no file of its own beside a bundle): it may use nothing
 * but its arguments.
 */
export function serveDatabase(
  Database: typeof DatabaseClass,
  port: Pick<MessagePort, 'on' | 'postMessage'>,
  { file, schema, statements }: ThreadData,
): void {
  const reply = (message: ThreadReply) => port.postMessage(message);
  const textOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
  let database: InstanceType<typeof DatabaseClass>;
  let prepared: Map<string, { all(values: unknown[]): unknown[] }>;

  try {
    database = new Database(file);
    database.exec(schema);
    prepared = new Map(Object.entries(statements).map(([name, sql]) => [name, database.prepare(sql)]));
  } catch (error) {
    reply({ type: 'broken', error: textOf(error) });
    return;
  }

  const runOne = ({ name, values }: Job) => ({ rows: (prepared.get(name)?.all(values) ?? []) as Row[] });
  const reads = (job: Job) => statements[job.name]?.startsWith('SELECT') === true;
  const inOneCommit = (jobs: Job[]) => {
    // Who only reads need not wait for another process that writes.
    database.exec(jobs.every(reads) ? 'BEGIN' : 'BEGIN IMMEDIATE');
    try {
      const results = jobs.map(runOne);
      database.exec('COMMIT');
      return results;
    } catch (error) {
      if (database.inTransaction) database.exec('ROLLBACK');
      throw error;
    }
  };
  const alone = (job: Job) => {
    try {
      return inOneCommit([job])[0] ?? { rows: [] };
    } catch (error) {
      return { error: textOf(error) };
    }
  };

  port.on('message', (request: ThreadRequest) => {
    if (request.type === 'close') {
      database.close();
      reply({ type: 'closed' });
      return;
    }
    try {
      reply({ type: 'done', results: inOneCommit(request.jobs) });
    } catch {
      reply({ type: 'done', results: request.jobs.map(alone) });
    }
  });
  reply({ type: 'ready' });
}

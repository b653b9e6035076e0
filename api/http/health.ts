import { Health } from '@nests/protocol/api';
import { StoreRecovering } from '../nests/ports.ts';
import type { Context } from './context.ts';
import { RETRY_OUTAGE_S } from './errors.ts';
import type { App } from './parts.ts';
import { BY } from './schemas.ts';

/** How long an answer of a part is believed, and how long a part may take to answer, in ms. */
const BELIEVED_MS = 2000;
const PATIENCE_MS = 1000;

interface Check {
  ok: boolean;
  message?: string;
}

/** Asks a part whether it is there: at most once every two seconds, and never waiting longer than one. */
function cachedCheck(ping: () => Promise<void>, now: () => number): () => Promise<Check> {
  let answer: Promise<Check> | null = null;
  let askedAt = 0;
  return () => {
    if (answer === null || now() - askedAt > BELIEVED_MS) {
      askedAt = now();
      answer = check(ping);
    }
    return answer;
  };
}

async function check(ping: () => Promise<void>): Promise<Check> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<Check>((resolve) => {
    timer = setTimeout(() => resolve({ ok: false, message: 'no answer within a second' }), PATIENCE_MS);
  });
  const answer = ping().then(
    () => ({ ok: true }),
    // What went wrong in detail may name inner addresses; the log has it.
    (error: unknown) => ({
      ok: false,
      message: error instanceof StoreRecovering ? 'is recovering its state' : 'cannot be reached',
    }),
  );
  return Promise.race([answer, patience]).finally(() => clearTimeout(timer));
}

/** What was repaired since this process started; nothing to worry about, but worth a look where it grows. */
function repairsSentence(repairs: Readonly<Record<string, number>>): string {
  const made = Object.entries(repairs).filter(([, count]) => count > 0);
  if (made.length === 0) return 'none since this process started';
  return made.map(([kind, count]) => `${kind} ${count}`).join(', ');
}

/** `GET /health` (always 200 while the process answers) and `GET /ready` (503 while it should get no traffic). */
export function healthRoutes(app: App, { config, store, media, clock, metrics, repairs }: Context): void {
  const now = (): number => clock.now();
  const storeCheck = cachedCheck(async () => {
    await store.ping();
    if ((await store.epoch()) === undefined) throw new StoreRecovering('The store has no epoch');
  }, now);
  const livekitCheck = cachedCheck(() => media.ping(), now);
  metrics.add('gauge', 'nests_part_up', 'Whether a part that is needed answers', ['part'], async () => {
    const [storeAnswer, livekitAnswer] = await Promise.all([storeCheck(), livekitCheck()]);
    return [
      { labels: { part: 'store' }, value: Number(storeAnswer.ok) },
      { labels: { part: 'livekit' }, value: Number(livekitAnswer.ok) },
    ];
  });
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
  });

  const health = async (): Promise<Health> => {
    const [storeAnswer, livekitAnswer] = await Promise.all([storeCheck(), livekitCheck()]);
    return {
      status: storeAnswer.ok && livekitAnswer.ok ? 'healthy' : 'degraded',
      timestamp: new Date(clock.now()).toISOString(),
      version: config.version,
      livekit: config.livekit.url,
      checks: {
        store: storeAnswer,
        livekit: livekitAnswer,
        ...(repairs ? { repairs: { ok: true, message: repairsSentence(repairs) } } : {}),
      },
    };
  };

  app.get(
    '/health',
    {
      exposeHeadRoute: true,
      schema: { summary: 'How the server is', security: BY.anyone, response: { 200: Health } },
    },
    health,
  );

  app.get(
    '/ready',
    {
      exposeHeadRoute: true,
      schema: {
        summary: 'Whether the server should get traffic',
        security: BY.anyone,
        response: { 200: Health, 503: Health },
      },
    },
    async (_request, reply) => {
      const body = await health();
      if (body.status === 'healthy' && !closing) return reply.code(200).send(body);
      return reply.code(503).header('retry-after', String(RETRY_OUTAGE_S)).send(body);
    },
  );
}

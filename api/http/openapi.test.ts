import { randomUUID } from 'node:crypto';
import { ErrorBody } from '@nests/protocol/api';
import { ERRORS } from '@nests/protocol/errors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { NewNest } from '../nests/use-cases.ts';
import { SITUATIONS, Stage, type Asked, type Scene, type Situation } from './openapi-testing.ts';

const nests = '/api/v1/nests';
const planned = { starts: 1_810_000_000 };

/** How one route is asked rightly, and what can be the matter with it beside what can be with any. */
interface Route {
  nest?: Partial<NewNest>;
  ask: (scene: Scene, stage: Stage) => Omit<Asked, 'method'> | Promise<Omit<Asked, 'method'>>;
  also?: Record<string, Situation>;
}

const open = (path: string): Route => ({ ask: () => ({ path }) });
const ofNest = (end: string): Route => ({ ask: ({ id }) => ({ path: `${nests}/${id}${end}` }) });
const byHost = (end: string, body?: (scene: Scene) => unknown): Route => ({
  ask: (scene) => ({
    path: `${nests}/${scene.id}${end}`,
    by: scene.host,
    ...(body ? { body: body(scene) } : {}),
  }),
});
const aboutListener = (end: string): Route => ({
  ask: ({ id, host, listener }) => ({ path: `${nests}/${id}${end}/${listener.pubkey}`, by: host }),
});
const webhook = (path: string): Route => ({
  ask: ({ id }) => ({ path, body: {}, headers: { authorization: `${id}:1` } }),
});

/** Every route of the document; a route that is missing here fails the test. */
const ROUTES: Record<string, Route> = {
  'GET /health': open('/health'),
  'GET /ready': open('/ready'),
  'GET /debug/test-token': open('/debug/test-token'),
  'POST /api/v1/livekit/webhook': webhook('/api/v1/livekit/webhook'),
  'POST /webhooks/livekit': webhook('/webhooks/livekit'),
  'GET /api/v1/nests': open(nests),
  'PUT /api/v1/nests': {
    ask: ({ host }) => ({
      path: nests,
      by: host,
      body: { relays: ['wss://relay.example'], hls_stream: false },
    }),
  },
  'POST /api/v1/nests/{id}/start': { ...byHost('/start'), nest: planned },
  'PATCH /api/v1/nests/{id}': {
    ...byHost('', () => ({ guests: false })),
    also: { 'another time for what has started': { asked: (asked) => ({ ...asked, body: planned }) } },
  },
  'GET /api/v1/nests/{id}': byHost(''),
  'DELETE /api/v1/nests/{id}': byHost(''),
  'POST /api/v1/nests/{id}/join': byHost('/join', () => ({ secret: 'a guess' })),
  'GET /api/v1/nests/{id}/guest': ofNest('/guest'),
  'POST /api/v1/nests/{id}/token': {
    ask: ({ id, host, session }) => ({ path: `${nests}/${id}/token`, session: session(host) }),
  },
  'GET /api/v1/nests/{id}/info': ofNest('/info'),
  'GET /api/v1/nests/{id}/successor': {
    ask: async ({ host }, { world }) => {
      const lost = randomUUID();
      await world.nests.restart(lost, host.pubkey);
      return { path: `${nests}/${lost}/successor?host=${host.pubkey}` };
    },
    also: {
      'nobody has made one': {
        asked: (asked, { listener }) => ({ ...asked, path: asked.path.replace(/\w+$/, listener.pubkey) }),
      },
      'nobody has made one, and it is asked too often': {
        before: (stage) => void (stage.exhausted = true),
        asked: (asked, { listener }) => ({ ...asked, path: asked.path.replace(/\w+$/, listener.pubkey) }),
      },
      'nobody is named': { asked: (asked) => ({ ...asked, path: asked.path.replace(/\?.*/, '') }) },
    },
  },
  'GET /api/v1/nests/{id}/events': ofNest('/events'),
  'POST /api/v1/nests/{id}/hand': byHost('/hand', () => ({ raised: true })),
  'POST /api/v1/nests/{id}/permissions': {
    ...byHost('/permissions', ({ listener }) => ({ participant: listener.pubkey, can_publish: true })),
    also: {
      'nothing changes': {
        asked: (asked, { host }) => ({ ...asked, body: { participant: host.pubkey, can_publish: true } }),
      },
    },
  },
  'POST /api/v1/nests/{id}/remove': byHost('/remove', ({ listener }) => ({
    participant: listener.pubkey,
    ban: true,
  })),
  'GET /api/v1/nests/{id}/bans': byHost('/bans'),
  'DELETE /api/v1/nests/{id}/bans/{hex}': {
    ...aboutListener('/bans'),
    also: {
      'there is one to lift': {
        asked: (asked, { listener, banned }) => ({
          ...asked,
          path: asked.path.replace(listener.pubkey, banned.pubkey),
        }),
      },
      'there is one to lift, and others write the nest all the time': {
        before: (stage, { id }) => void (stage.contested = id),
        asked: (asked, { listener, banned }) => ({
          ...asked,
          path: asked.path.replace(listener.pubkey, banned.pubkey),
        }),
      },
    },
  },
  'PUT /api/v1/nests/{id}/members/{hex}': aboutListener('/members'),
  'DELETE /api/v1/nests/{id}/members/{hex}': {
    ask: async ({ id, host, listener }, { world }) => {
      await world.nests.addMember(id, { ...host, by: 'key' }, listener.pubkey);
      return { path: `${nests}/${id}/members/${listener.pubkey}`, by: host };
    },
  },
  'GET /api/v1/nests/{id}/invites': byHost('/invites'),
  'POST /api/v1/nests/{id}/invites': byHost('/invites'),
  'DELETE /api/v1/nests/{id}/invites/{inviteId}': {
    ask: async ({ id, host }, { world }) => {
      const invite = await world.nests.invite(id, { ...host, by: 'key' });
      return { path: `${nests}/${id}/invites/${invite.id}`, by: host };
    },
  },
  'POST /api/v1/nests/{id}/restart': {
    ...byHost('/restart', () => ({ relays: ['wss://relay.example'] })),
    also: {
      'the nest is not known, and the host has made too many': {
        before: (stage, { host }) => stage.exhaustCreation(host),
        asked: (asked, { id }) => ({ ...asked, path: asked.path.replace(id, randomUUID()) }),
      },
    },
  },
  'GET /api/v1/nests/{id}/diagnostics': ofNest('/diagnostics'),
};

/** What the document leaves out on purpose: pages for people, the operator's figures, and the document itself. */
const UNDOCUMENTED =
  /^(GET|HEAD) (\/api\/v1\/openapi\.json|\/docs|\/metrics|\/|\/index\.html|\/create|\/settings|\/diagnostics|\/nest\/:id|\/n\/:name|\/p\/:npub|\/:naddr\(.*|\/\*)$/;

const Document = z.object({
  paths: z.record(
    z.string(),
    z.record(z.string(), z.object({ responses: z.record(z.string(), z.unknown()) })),
  ),
});

describe('the OpenAPI document', () => {
  const stage = new Stage();
  const registered: string[] = [];
  const documented = new Map<string, string[]>();
  stage.api.app.addHook('onRoute', ({ method, url }) => {
    registered.push(...[method].flat().map((one) => `${one} ${url}`));
  });
  beforeAll(async () => {
    const { body } = await stage.ask({ method: 'GET', path: '/api/v1/openapi.json' });
    for (const [path, operations] of Object.entries(Document.parse(body).paths)) {
      for (const [method, { responses }] of Object.entries(operations))
        documented.set(`${method.toUpperCase()} ${path}`, Object.keys(responses).sort());
    }
  });
  afterAll(() => stage.api.app.close());

  it('knows every route there is, and none that there is not', () => {
    const routes = registered
      .filter((route) => !UNDOCUMENTED.test(route) && !/^HEAD \/(health|ready)$/.test(route))
      .map((route) => route.replace(/:(\w+)/g, '{$1}'));
    expect(routes.sort()).toEqual([...documented.keys()].sort());
    expect(Object.keys(ROUTES).sort()).toEqual([...documented.keys()].sort());
  });

  it.each(Object.entries(ROUTES))('says how %s answers, whatever is the matter', async (name, route) => {
    const answered = new Map<string, string>();
    for (const [what, situation] of Object.entries({ ...SITUATIONS, ...route.also })) {
      const { status, body, text } = await askIn(name, route, situation);
      answered.set(String(status), what);
      if (status < 400) continue;
      if (name === 'GET /ready') continue; // an operator's reply, the same for good and bad
      const { code } = ErrorBody.parse(body, { error: () => `${what}: ${text}` });
      expect({ what, code, status: ERRORS[code].status }).toEqual({ what, code, status });
      expect(code, what).not.toBe('internal');
    }
    const promised = documented.get(name) ?? [];
    expect({
      'happened and is not documented': [...answered].filter(([status]) => !promised.includes(status)),
      'is documented and never happened': promised.filter((status) => !answered.has(status)),
    }).toEqual({ 'happened and is not documented': [], 'is documented and never happened': [] });
  });

  const askIn = async (name: string, route: Route, situation: Situation) => {
    const scene = await stage.scene({ ...route.nest, ...situation.nest });
    const method = name.slice(0, name.indexOf(' '));
    const right = { method, ...(await route.ask(scene, stage)) };
    await situation.before?.(stage, scene);
    try {
      return await stage.ask(situation.asked?.(right, scene) ?? right);
    } finally {
      await stage.calm();
    }
  };
});

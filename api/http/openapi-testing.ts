import { randomUUID } from 'node:crypto';
import type { FeedEvent } from '@nests/protocol/api';
import { personIdentity } from '@nests/protocol/identity';
import type { Feed } from '../nests/ports.ts';
import { World } from '../nests/testing/world.ts';
import type { NewNest } from '../nests/use-cases.ts';
import { MAX_BODY, MAX_WEBHOOK } from './body.ts';
import { Sessions } from './sessions.ts';
import { makePerson, makeTestApi, type Person, type Reply, type TestApi } from './testing.ts';

/** How many nests one key may make, so that a test can use that up. */
const CREATIONS = 3;

/** One request, before it is signed. */
export interface Asked {
  method: string;
  path: string;
  by?: Person | undefined;
  session?: string | undefined;
  body?: unknown;
  headers?: Record<string, string>;
}

/** A nest, those who are concerned, and sessions for them. */
export interface Scene {
  id: string;
  host: Person;
  listener: Person;
  stranger: Person;
  banned: Person;
  session: (person: Person) => string;
  guestSession: string;
}

/** The real API and domain on a store and a LiveKit in memory, both with faults on order. */
export class Stage {
  readonly world = new World({ createLimit: { count: CREATIONS, windowMs: 3_600_000 } });
  readonly api: TestApi;
  /** every attempt is one too many */
  exhausted = false;
  /** LiveKit's library makes no tokens */
  tokenless = false;
  /** another replica is always faster in writing this nest */
  contested: string | undefined;
  /** keys the operator keeps out */
  readonly blocked = new Set<string>();
  readonly #sessions: Sessions;
  readonly #people = { listener: makePerson(), stranger: makePerson(), banned: makePerson() };

  constructor() {
    const { world } = this;
    const put = world.truth.put.bind(world.truth);
    world.truth.put = async (record, rev) => record.id !== this.contested && put(record, rev);
    const token = world.media.token.bind(world.media);
    world.media.token = async (request) => (this.tokenless ? '' : token(request));
    this.api = makeTestApi({
      parts: {
        nests: world.nests,
        store: {
          ...world.store,
          hit: async (...hit) =>
            this.exhausted ? { allowed: false, retryAfterMs: 1000 } : world.store.hit(...hit),
        },
        media: world.media,
        clock: world.clock,
        feed: overAtOnce,
        isBlocked: (pubkey) => this.blocked.has(pubkey),
        readWebhook: async (_body, authorization) =>
          authorization === undefined
            ? null
            : { id: randomUUID(), event: 'room_started', room: authorization },
        testToken: async () => (this.tokenless ? '' : 'a.test.token'),
      },
    });
    this.#sessions = new Sessions(this.api.config.secrets, this.api.config.publicUrls);
  }

  /** A nest of a host of its own, that LiveKit showed a while ago; somebody is banned from it. */
  async scene(options: Partial<NewNest>): Promise<Scene> {
    const { nests, clock, truth } = this.world;
    await truth.setEpoch('epoch');
    const host = makePerson(); // of its own, as it may be blocked, or have made too many
    const { listener, stranger, banned } = this.#people;
    const { roomId: id } = await nests.create(host.pubkey, {
      relays: ['wss://relay.example'],
      hls_stream: false,
      ...options,
    });
    await nests.remove(id, { ...host, by: 'key' }, { participant: banned.pubkey, ban: true });
    await clock.sleep(3_000); // nobody trusts what was seen that long ago
    const issue = (identity: string): string =>
      this.#sessions.issue({ nestId: id, identity, signedAt: clock.now() });
    return {
      ...{ id, host, listener, stranger, banned, guestSession: issue('guest-1') },
      session: ({ pubkey }) => issue(personIdentity(pubkey, '1')),
    };
  }

  /** Uses up what this key may make. */
  async exhaustCreation({ pubkey }: Person): Promise<void> {
    for (let count = 0; count < CREATIONS; count += 1)
      await this.world.truth.hit(`create:${pubkey}`, CREATIONS, 3_600_000);
  }

  /** Sends a request, signed now. */
  ask({ method, path, ...asked }: Asked): Promise<Reply> {
    this.api.now = this.world.clock.now();
    const { by, session, body, headers } = asked;
    return this.api.ask(method, path, {
      ...(by === undefined ? {} : { by }),
      ...(session === undefined ? {} : { session }),
      ...(body === undefined ? {} : { body }),
      ...(headers === undefined ? {} : { headers }),
    });
  }

  /** Everything works again. */
  async calm(): Promise<void> {
    this.world.storeFaults.down = false;
    this.world.media.faults.down = false;
    this.exhausted = false;
    this.tokenless = false;
    this.contested = undefined;
    this.blocked.clear();
    await this.world.settled();
  }
}

/** A feed on which every nest ends a moment after somebody listens: a stream is a reply that ends. */
const overAtOnce: Feed = {
  publish: () => undefined,
  subscribe: (_nestId, listener: (event: FeedEvent, rev: number) => void) => {
    queueMicrotask(() => listener({ type: 'ended' }, Number.MAX_SAFE_INTEGER));
    return () => undefined;
  },
};

/** What may be the matter when somebody asks. */
export interface Situation {
  /** the nest's options */
  nest?: Partial<NewNest>;
  /** what happened before */
  before?: (stage: Stage, scene: Scene) => unknown;
  /** how the request differs from the right one */
  asked?: (asked: Asked, scene: Scene) => Asked;
}

const by = (who: 'listener' | 'stranger' | 'banned' | 'host') => (asked: Asked, scene: Scene) =>
  asked.session === undefined
    ? { ...asked, by: scene[who] }
    : { ...asked, session: scene.session(scene[who]) };
const withBody = (body: unknown, type?: string) => (asked: Asked) =>
  asked.method === 'GET'
    ? asked
    : {
        ...asked,
        body,
        ...(type === undefined ? {} : { headers: { ...asked.headers, 'content-type': type } }),
      };
const elsewhere = (asked: Asked, { id }: Scene) => ({
  ...asked,
  path: asked.path.replace(id, randomUUID()),
});

/** Everything that can be the matter with any request; every route is asked in each of these situations. */
export const SITUATIONS: Record<string, Situation> = {
  'all is well': {},
  'nobody says who they are': {
    asked: ({ headers: _, ...asked }) => ({ ...asked, by: undefined, session: undefined }),
  },
  'somebody says it wrongly': {
    asked: (asked) => ({ ...asked, headers: { ...asked.headers, authorization: 'Nostr nonsense' } }),
  },
  'the key itself asks': {
    asked: (asked, { host }) => ({ ...asked, by: host, session: undefined }),
  },
  'a session asks': {
    asked: (asked, { session, host }) => ({ ...asked, by: undefined, session: session(host) }),
  },
  'a guest asks': {
    asked: (asked, { guestSession }) => ({ ...asked, by: undefined, session: guestSession }),
  },
  'a listener asks': { asked: by('listener') },
  'somebody asks who is banned': { asked: by('banned') },
  'somebody asks whom the operator has blocked': {
    before: ({ blocked }, { host }) => void blocked.add(host.pubkey),
    asked: by('host'),
  },
  'the nest is not known': { asked: elsewhere },
  'the address names no nest': {
    asked: (asked, { id }) => ({ ...asked, path: asked.path.replace(id, '') }),
  },
  'the nest is not known, and guessed too often': {
    before: (stage) => void (stage.exhausted = true),
    asked: elsewhere,
  },
  'the nest is forgotten': {
    before: async ({ world }, { id }) => {
      world.media.kill();
      await world.forget(id);
    },
  },
  'the nest has ended': { before: ({ world }, { id, host }) => world.nests.end(id, host.pubkey) },
  'the nest is planned': { nest: { starts: 1_810_000_000 } },
  'the nest was planned and has started': {
    nest: { starts: 1_810_000_000 },
    before: ({ world }, { id, host }) => world.nests.start(id, host.pubkey),
  },
  'the nest is by invitation': { nest: { access: 'invite' }, asked: by('stranger') },
  'the nest is by invitation, and nobody says who they are': { nest: { access: 'invite' } },
  'the nest admits no guests': { nest: { guests: false } },
  'the nest is full: its host is on the way': { nest: { capacity: 1 }, asked: by('listener') },
  'the stage is full': { nest: { stageLimit: 1 } },
  'the body is not JSON': { asked: withBody('{') },
  'the body has another shape': { asked: withBody([]) },
  'the body is too large': { asked: withBody(' '.repeat(MAX_BODY + 1)) },
  'the body is too large even for a webhook': { asked: withBody(' '.repeat(MAX_WEBHOOK + 1)) },
  'the body is of another type': { asked: withBody('hello', 'text/plain') },
  'the address names nobody': {
    asked: (asked, { listener }) => ({ ...asked, path: asked.path.replace(listener.pubkey, 'nobody') }),
  },
  'it is asked too often': {
    before: async (stage, { host }) => {
      stage.exhausted = true;
      await stage.exhaustCreation(host);
    },
  },
  'others write the nest all the time': {
    before: (stage, { id }) => void (stage.contested = id),
  },
  'the store is down': { before: ({ world }) => void (world.storeFaults.down = true) },
  'the store is down, and somebody says who they are': {
    before: ({ world }) => void (world.storeFaults.down = true),
    asked: by('host'),
  },
  'LiveKit is down': { before: ({ world }) => void (world.media.faults.down = true) },
  'no token comes out': { before: (stage) => void (stage.tokenless = true) },
};

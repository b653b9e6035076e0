import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendFailure, type AuthHelp } from './errors.ts';
import type { App } from './parts.ts';
import type { SendPage } from './web-app.ts';

const API = /^\/(?:api|health|ready|metrics|debug|docs|webhooks)(?:\/|$)/;

/** Remembers which methods every address knows, to tell a wrong method from a wrong address. */
export class KnownRoutes {
  private readonly methods = new Map<string, Set<string>>();
  private patterns: { pattern: RegExp; methods: Set<string> }[] | undefined;

  constructor(app: App) {
    app.addHook('onRoute', ({ url, method }) => {
      if (url.includes('*') || url.includes('(')) return;
      const known = this.methods.get(url) ?? new Set();
      for (const one of [method].flat()) known.add(one);
      this.methods.set(url, known);
    });
  }

  /** The methods of the route at this path, if there is one. */
  methodsAt(path: string): string[] {
    this.patterns ??= [...this.methods].map(([url, methods]) => ({
      pattern: new RegExp(`^${url.replace(/[.]/g, '\\.').replace(/:\w+/g, '[^/]+')}$`),
      methods,
    }));
    return this.patterns.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => [...methods]);
  }
}

/** What is said about an address or a method that does not exist: JSON to programs, the app's own page to browsers. */
export function makeNotFound(known: KnownRoutes, sendPage: () => SendPage | undefined, help: AuthHelp) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const [path = '/'] = (request.raw.url ?? '/').split('?');
    const allowed = known.methodsAt(path);
    if (allowed.length > 0 && !allowed.includes(request.method)) {
      reply.header('allow', [...new Set(allowed)].join(', '));
      return sendFailure(request, reply, { code: 'method_not_allowed' }, help);
    }
    const page = sendPage();
    const wantsPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
    if (page && wantsPage && !API.test(path)) return page(request, reply, 404);
    return sendFailure(request, reply, { code: 'not_found' }, help);
  };
}

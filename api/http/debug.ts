import { TestToken } from '@nests/protocol/api';
import { NestError } from '../nests/errors.ts';
import type { Context } from './context.ts';
import { noStore } from './headers.ts';
import type { App } from './parts.ts';
import { BY, refusals } from './schemas.ts';

const PREVIEW = 50;

/** `GET /debug/test-token`: proof that tokens are strings. Where it is switched off, there is no such route. */
export function debugRoutes(app: App, { config, testToken, log }: Context): void {
  if (!config.debug) return;
  app.get(
    '/debug/test-token',
    {
      onRequest: noStore,
      schema: {
        summary: 'The beginning of a token that grants nothing and has expired',
        security: BY.anyone,
        response: { 200: TestToken, ...refusals(500) },
      },
    },
    async () => {
      const token = await testToken().catch((error: unknown) => error);
      if (typeof token !== 'string' || token === '') {
        log.error('JWT generation failed:', { error: token });
        throw new NestError('token_failed', { cause: token });
      }
      return {
        success: true as const,
        tokenType: 'string' as const,
        tokenLength: token.length,
        tokenPreview: `${token.slice(0, PREVIEW)}...`,
        isValidString: true as const,
      };
    },
  );
}

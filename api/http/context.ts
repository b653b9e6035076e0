import type { Auth } from './auth.ts';
import type { RateLimits } from './limits.ts';
import type { Parts } from './parts.ts';
import type { Views } from './views.ts';

/** What the routes are written with. */
export interface Context extends Parts {
  auth: Auth;
  limits: RateLimits;
  views: Views;
}

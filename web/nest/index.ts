/** The face of one nest's session, framework-free. */
import { sessionFace } from './face.ts';
import type { LoadHost } from './host-desk.ts';
import type { NestPorts } from './ports.ts';
import { SessionCore } from './session.ts';
import type { NestSession, OpenNestOptions } from './session-types.ts';

export type { NestPorts } from './ports.ts';
export { browserSurroundings } from './surroundings.ts';

/** Open a nest: find out about it, but do not go in yet. Close it when the person leaves the page or changes the account. */
export function openNest(
  options: OpenNestOptions,
  ports: NestPorts,
  loadHost: LoadHost = () => import('./host-actions.ts'),
): NestSession {
  return sessionFace(new SessionCore(options, ports, loadHost));
}

import { systemClock } from '../../api/clock.ts';
import type { NestSession, OpenNestOptions } from '../../nest/session-types.ts';
import { browserSurroundings, openNest, type NestPorts } from '../../nest/index.ts';
import type { Diagnostics } from '../../nest/task-types.ts';
import type { Account } from '../../nostr/index.ts';
import { settings } from '../../settings.ts';
import { api } from '../api.ts';
import { loadNostr } from '../services.ts';

const loadMedia: NestPorts['loadMedia'] = async () => (await import('../../media/index.ts')).media;

async function ports(account: Account | null): Promise<NestPorts> {
  const { gateway } = await loadNostr();
  const { relays, publicUrl } = settings();
  return {
    api,
    nostr: gateway,
    loadMedia,
    account,
    clock: systemClock,
    around: browserSurroundings(),
    defaultRelays: relays,
    publicUrl,
  };
}

/** A nest's session on the real API, relays and audio. Rejects when the code for relays cannot be had (offline). */
export async function openSession(options: OpenNestOptions, account: Account | null): Promise<NestSession> {
  return openNest(options, await ports(account));
}

const permission = async (): Promise<PermissionState> =>
  (await navigator.permissions.query({ name: 'microphone' })).state;

/** What the diagnostics look at. */
export interface DiagnosticsTarget {
  roomId?: string;
  /** The service that the nest's event names. */
  eventService?: string | undefined;
  /** Whose nest it is, where that is known. */
  host?: string | undefined;
}

/** Starts a run of the diagnostics. Rejects when the code for it cannot be had (offline). */
export async function startDiagnostics({
  roomId,
  eventService,
  host,
}: DiagnosticsTarget): Promise<Diagnostics> {
  const [prepared, { runDiagnostics }] = await Promise.all([
    ports(null),
    import('../../nest/diagnostics.ts'),
  ]);
  return runDiagnostics({
    ...(roomId === undefined ? {} : { roomId }),
    ...(eventService === undefined ? {} : { eventService }),
    ...(host === undefined ? {} : { host }),
    ports: prepared,
    microphonePermission: permission,
    version: settings().version,
  });
}

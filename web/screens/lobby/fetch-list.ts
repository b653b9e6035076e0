import type { NestList } from '@nests/protocol/api';

const TIMEOUT_MS = 15_000;

/**
 * The live nests of this server. The lobby asks by itself instead of with the whole client of web/api, because the
 * client brings signing along and the lobby's first paint should not wait for that. Rejects when there is no answer.
 */
export async function fetchList(signal: AbortSignal): Promise<NestList> {
  const response = await fetch('/api/v1/nests', {
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    cache: 'no-store',
    credentials: 'omit',
  });
  if (!response.ok) throw new Error(`The list of nests was answered with ${response.status}`);
  return (await response.json()) as NestList;
}

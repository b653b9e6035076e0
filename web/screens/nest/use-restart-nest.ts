import { useStore } from '@nanostores/react';
import { useTranslation } from 'react-i18next';
import type { Action, NestSession } from '../../nest/session-types.ts';

/** The restart of a nest as a button needs it. */
export interface RestartNest {
  /** Restarts the nest; null while that is impossible or not ours to do. Never rejects. */
  restart: Action | null;
  /** A restart is under way: "Restarting...". */
  busy: boolean;
  /** Why the last restart failed, in words; null when it did not, and once the next one begins. */
  error: { title: string; sentence: string } | null;
}

/**
 * Restarting a nest. The sentences for "only the host" (403), "not found" (404), a server in trouble (5xx) and a timeout are in the
 * catalogue (`errors:restart_*`).
 */
export function useRestartNest(session: NestSession): RestartNest {
  const { t } = useTranslation(['errors']);
  const restart = useStore(session.$restart);
  const busy = useStore(session.$restarting);
  const failure = useStore(session.$restartError);
  return {
    restart,
    busy,
    error: failure && { title: t(failure.titleKey), sentence: t(failure.sentenceKey) },
  };
}

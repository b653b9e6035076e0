import { useStore } from '@nanostores/react';
import { atom } from 'nanostores';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Diagnostics, DiagnosticsReport } from '../../nest/task-types.ts';
import { toast } from '../../ui/toast.tsx';

const $none = atom<DiagnosticsReport | null>(null);

/** A run that can be begun again, and what it has found so far (null before the first). */
export interface Run {
  run: () => void;
  report: DiagnosticsReport | null;
}

/** Runs the diagnostics on request. `start` may reject when their code cannot be loaded; a toast says so. */
export function useRun(
  start: () => Promise<Diagnostics>,
  done: (found: DiagnosticsReport) => void,
  started: Diagnostics | null = null,
): Run {
  const { t } = useTranslation('diagnostics');
  const [diagnostics, setDiagnostics] = useState(started);
  const begin = async () => {
    const next = await start();
    diagnostics?.cancel();
    setDiagnostics(next);
    done(await next.done);
  };
  return {
    run: () => void begin().catch(() => toast(t('notLoaded'), undefined, { tone: 'error' })),
    report: useStore(diagnostics?.$report ?? $none),
  };
}

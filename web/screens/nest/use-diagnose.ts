import { useStore } from '@nanostores/react';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { atom } from 'nanostores';
import type { DiagnosticsReport } from '../../nest/task-types.ts';
import { toast } from '../../ui/toast.tsx';
import { summaryText } from '../diagnostics/summary.ts';
import { useNest } from './screen-ports.ts';

const $none = atom<DiagnosticsReport | null>(null);

/** Running the diagnostics for the nest that is on screen. */
export interface Diagnose {
  run: () => void;
  /** What was found so far; null before the first run. */
  report: DiagnosticsReport | null;
}

/** Runs the diagnostics and says the summary in a toast: `Room exists: ✅|❌ | Guest access: ✅|❌`. */
export function useDiagnose(): Diagnose {
  const { t } = useTranslation('diagnostics');
  const { session, diagnose } = useNest();
  const [$report, setReport] = useState<ReturnType<typeof diagnose>['$report'] | null>(null);
  const run = useCallback(() => {
    const diagnostics = diagnose(session.$roomId.get());
    setReport(() => diagnostics.$report);
    void diagnostics.done.then((found) => toast(summaryText(t, found)));
  }, [diagnose, session, t]);
  return { run, report: useStore($report ?? $none) };
}

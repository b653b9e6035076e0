import { useTranslation } from 'react-i18next';
import type { DiagnosticsReport } from '../../nest/task-types.ts';
import { toast } from '../../ui/toast.tsx';
import { summaryText } from '../diagnostics/summary.ts';
import { useRun } from '../diagnostics/use-run.ts';
import { useNest } from './screen-ports.ts';

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
  return useRun(
    () => diagnose(session.$roomId.get()),
    (found) => toast(summaryText(t, found)),
  );
}

import type { DiagnosisCode } from '../nest/task-types.ts';
import { DiagnosticsPage } from '../screens/diagnostics/diagnostics-page.tsx';
import { TopBar } from '../screens/shell/top-bar.tsx';
import { fakeDiagnostics } from './fake-diagnostics.ts';
import { ROOM_ID } from './fake-session.ts';

const CODES: Record<string, DiagnosisCode | null> = {
  'diagnostics-running': null,
  'diagnostics-bad': 'token_trouble',
  'diagnostics-good': 'all_good',
};

/** The names of the diagnostics page's states. */
export const DIAGNOSTICS_STATES: readonly string[] = Object.keys(CODES);

/** The diagnostics page in one of its states. */
export function DiagnosticsState({ name }: { name: string }) {
  const run = () => fakeDiagnostics(CODES[name] ?? null);
  return (
    <>
      <TopBar />
      <DiagnosticsPage roomId={ROOM_ID} run={run} started={run()} />
    </>
  );
}

import { DiagnosticsPage } from '../screens/diagnostics/diagnostics-page.tsx';
import { TopBar } from '../screens/shell/top-bar.tsx';
import { DIAGNOSTICS_FOUND } from './diagnostics-names.ts';
import { fakeDiagnostics } from './fake-diagnostics.ts';
import { ROOM_ID } from './fake-session.ts';

/** The diagnostics page in one of its states. */
export function DiagnosticsState({ name }: { name: string }) {
  const run = () => fakeDiagnostics(DIAGNOSTICS_FOUND[name] ?? null);
  return (
    <>
      <TopBar />
      <DiagnosticsPage roomId={ROOM_ID} start={() => Promise.resolve(run())} started={run()} />
    </>
  );
}

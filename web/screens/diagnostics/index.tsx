import { useSearch } from 'wouter';
import { startDiagnostics } from '../nest/open-session.ts';
import { TopBar } from '../shell/top-bar.tsx';
import { DiagnosticsPage } from './diagnostics-page.tsx';

/** The diagnostics' page: `/diagnostics`, with `?nest=<room id>` for one nest. */
export default function DiagnosticsScreen() {
  const roomId = new URLSearchParams(useSearch()).get('nest');
  return (
    <>
      <TopBar />
      <DiagnosticsPage roomId={roomId} start={() => startDiagnostics(roomId === null ? {} : { roomId })} />
    </>
  );
}

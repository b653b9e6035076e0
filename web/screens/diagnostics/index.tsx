import { useEffect, useState } from 'react';
import { useSearch } from 'wouter';
import type { Diagnostics } from '../../nest/task-types.ts';
import { prepareDiagnostics, type DiagnosticsTarget } from '../nest/open-session.ts';
import { TopBar } from '../shell/top-bar.tsx';
import { Waiting } from '../shell/waiting.tsx';
import { DiagnosticsPage } from './diagnostics-page.tsx';

/** The diagnostics' page: `/diagnostics`, with `?nest=<room id>` for one nest. */
export default function DiagnosticsScreen() {
  const roomId = new URLSearchParams(useSearch()).get('nest');
  const [run, setRun] = useState<((target: DiagnosticsTarget) => Diagnostics) | null>(null);
  const [failure, setFailure] = useState<Error | null>(null);
  useEffect(() => {
    prepareDiagnostics().then(
      (prepared) => setRun(() => prepared),
      (reason: unknown) => setFailure(reason instanceof Error ? reason : new Error(String(reason))),
    );
  }, []);
  // The code could not be loaded: the page around says so and offers a reload.
  if (failure) throw failure;
  if (!run) return <Waiting />;
  return (
    <>
      <TopBar />
      <DiagnosticsPage roomId={roomId} run={() => run(roomId === null ? {} : { roomId })} />
    </>
  );
}

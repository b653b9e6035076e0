import { LoaderCircle, Stethoscope } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/button.tsx';
import { Sheet } from '../../../ui/sheet.tsx';
import { DiagnosticsResult } from '../../diagnostics/result.tsx';
import { useDiagnose } from '../use-diagnose.ts';

/** Runs the diagnostics from inside the nest: begins at once, shows the steps and the diagnosis, and can be run again. */
export function DiagnosticsSheet({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('diagnostics');
  const { run, report } = useDiagnose();
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    run();
  });
  const running = report?.running ?? false;
  return (
    <Sheet open onOpenChange={onClose} title={t('title')}>
      <div className="flex flex-col gap-4">
        {report && <DiagnosticsResult report={report} />}
        <Button
          icon={running ? <LoaderCircle className="animate-spin" /> : <Stethoscope />}
          busy={running}
          onClick={run}
        >
          {running ? t('running') : t('run')}
        </Button>
      </div>
    </Sheet>
  );
}

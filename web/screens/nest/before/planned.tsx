import { useStore } from '@nanostores/react';
import { CalendarPlus, Play } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/button.tsx';
import { useNest } from '../screen-ports.ts';
import { countdownText, startText } from '../parts/time-text.ts';
import { useNestTitle } from '../use-nest-title.ts';
import { downloadCalendar } from '../../calendar.ts';
import { useNow } from '../../use-now.ts';
import { Thumb } from './entry.tsx';
import { BowlHero } from './hero.tsx';
import { useLocale } from '../use-locale.ts';

/** The time that is left, in the bowl. `starts` in unix seconds. */
export function Countdown({ starts }: { starts: number }) {
  const { t } = useTranslation('planned');
  const locale = useLocale();
  const left = starts * 1000 - useNow(1_000);
  return (
    <BowlHero content={{ width: 232, height: 96 }}>
      <p role="timer" aria-live="off" className="pb-1 text-center">
        <span className="block text-sm text-muted">{left > 0 ? t('startsIn') : t('startsNow')}</span>
        {left > 0 && (
          <span className="tabular block font-title text-3xl font-semibold">
            {countdownText(left, locale)}
          </span>
        )}
      </p>
    </BowlHero>
  );
}

/** What can be done about a nest that has not begun: put it into the calendar, or start it when it is one's own. */
export function PlannedEntry({ starts }: { starts: number | null }) {
  const { t } = useTranslation('planned');
  const locale = useLocale();
  const { session } = useNest();
  const start = useStore(session.$start);
  const phase = useStore(session.$phase);
  const [busy, setBusy] = useState(false);
  const starting = busy || phase === 'starting';
  return (
    <Thumb>
      {starts !== null && (
        <p className="text-center text-base font-semibold">
          {t('startsText', { when: startText(starts * 1000, locale) })}
        </p>
      )}
      <div className="flex w-full flex-wrap justify-center gap-3 max-sm:[&>*]:grow">
        {starts !== null && <CalendarButton starts={starts} />}
        {start && (
          <Button
            look="main"
            icon={<Play />}
            busy={starting}
            onClick={() => {
              setBusy(true);
              void start().finally(() => setBusy(false));
            }}
          >
            {starting ? t('startBusy') : t('start')}
          </Button>
        )}
      </div>
      <p className="text-center text-sm text-muted">{start ? t('startNote') : t('plannedNote')}</p>
    </Thumb>
  );
}

function CalendarButton({ starts }: { starts: number }) {
  const { t } = useTranslation('planned');
  const { session, publicUrl } = useNest();
  const id = useStore(session.$roomId);
  const naddr = useStore(session.$naddr);
  const description = useStore(session.$nestEvent)?.summary ?? '';
  const title = useNestTitle();
  const url = `${publicUrl}/nest/${naddr ?? id}`;
  return (
    <Button
      icon={<CalendarPlus />}
      onClick={() => downloadCalendar({ id, title, description, url, starts: starts * 1000 })}
    >
      {t('calendar')}
    </Button>
  );
}

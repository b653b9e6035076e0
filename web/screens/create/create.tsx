import { useStore } from '@nanostores/react';
import { useEffect, useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import type { CreateProgress, Creation } from '../../nest/task-types.ts';
import { $account } from '../../nostr/index.ts';
import { tabValues } from '../../nostr/storage.ts';
import { settings } from '../../settings.ts';
import { Button } from '../../ui/button.tsx';
import { toast } from '../../ui/toast.tsx';
import { pathOfNest } from '../lobby/path-of-nest.ts';
import { usePageTitle } from '../shell/page-title.ts';
import { TopBar } from '../shell/top-bar.tsx';
import { askToSignIn } from '../sign-in/ask.ts';
import { useNow } from '../use-now.ts';
import { DraftFields } from './draft-fields.tsx';
import { dropDraft, formOf, keepDraft, problemsOf, readDraft } from './draft.ts';
import { Preview } from './preview.tsx';
import { Progress } from './progress.tsx';
import { startCreation } from './start-creation.ts';

/** A new nest: what it is called and how it looks, beside a preview of its card; then its steps, then the nest. */
export function Create() {
  const { t } = useTranslation();
  const [, go] = useLocation();
  const account = useStore($account);
  const now = useNow();
  const [draft, setDraft] = useState(() => readDraft(tabValues, settings().relays));
  const [checked, setChecked] = useState(false);
  const [creation, setCreation] = useState<Creation | null>(null);
  const [busy, setBusy] = useState(false);
  const problems = problemsOf(draft, now);
  usePageTitle(t('common:createNest'));

  useEffect(() => keepDraft(tabValues, draft), [draft]);

  async function create(event: SubmitEvent) {
    event.preventDefault();
    setChecked(true);
    const wrong = Object.keys(problems);
    if (wrong.length > 0) {
      focusFirst(wrong);
      return;
    }
    if (!$account.get() && !(await askToSignIn())) return;
    const host = $account.get();
    if (!host) return;
    setBusy(true);
    try {
      const started = await startCreation(formOf(draft), host);
      setCreation(started);
      finish(await started.done, host.pubkey);
    } catch {
      toast(t('common:notLoaded'), t('common:notLoadedText'), { tone: 'error' });
    } finally {
      setBusy(false);
    }
  }

  function finish(made: CreateProgress, host: string) {
    if (made.ready !== 'done' || made.roomId === null) return;
    dropDraft(tabValues);
    const failed = made.relays.filter((relay) => relay.state === 'failed').map(({ relay }) => relay);
    if (!made.announced) toast(t('create:notAnnounced'), t('create:notAnnouncedText'), { tone: 'error' });
    else if (failed.length > 0)
      toast(t('create:partlyAnnounced', { count: failed.length, relays: failed.join(', ') }));
    go(pathOfNest(made.roomId, host), { replace: true });
  }

  return (
    <>
      <TopBar create="none" />
      <main id="main" tabIndex={-1} className="measure pb-16 outline-none">
        <h1 className="pt-3 text-2xl md:pt-4">{t('create:heading')}</h1>
        <div className="mt-5 grid items-start gap-x-12 gap-y-8 lg:grid-cols-[minmax(0,1fr)_22rem]">
          <form
            id="create-nest"
            noValidate
            onSubmit={(event) => void create(event)}
            className="flex max-w-2xl flex-col gap-6"
          >
            <DraftFields
              draft={draft}
              problems={problems}
              checked={checked}
              disabled={busy}
              onChange={(change) => setDraft((before) => ({ ...before, ...change }))}
            />
          </form>
          <div className="flex max-w-2xl flex-col gap-4 lg:sticky lg:top-6">
            <Preview draft={draft} host={account?.pubkey ?? null} now={now} />
            {creation && <Progress progress={creation.$progress} />}
            <Button look="main" type="submit" form="create-nest" busy={busy} className="min-h-12">
              {busy ? t('create:starting') : t('common:createNest')}
            </Button>
            {!account && <p className="text-center text-sm text-muted">{t('create:needsSignIn')}</p>}
          </div>
        </div>
      </main>
    </>
  );
}

/** Takes people to what needs them; the fields are named like the draft's. */
function focusFirst(wrong: string[]): void {
  const fields = [...document.querySelectorAll<HTMLElement>('main [name]')];
  fields.find((field) => wrong.includes(field.getAttribute('name') ?? ''))?.focus();
}

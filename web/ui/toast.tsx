import { useStore } from '@nanostores/react';
import { X } from 'lucide-react';
import { atom } from 'nanostores';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { classes } from './classes.ts';
import { IconButton } from './icon-button.tsx';

/** What a toast may have beside its words. */
export interface ToastOptions {
  /** An error is announced at once and stays longer. */
  tone?: 'plain' | 'error';
  /** One way to act on it, such as undo. */
  action?: { label: string; run: () => void };
}

interface Toast extends ToastOptions {
  id: number;
  title: string;
  text?: string | undefined;
}

/** What can be undone waits for whoever has to get there with the keyboard first. */
const SHOWN_MS = { plain: 6_000, error: 10_000, action: 20_000 };
const AT_MOST = 3;
let count = 0;
const $toasts = atom<Toast[]>([]);

function drop(id: number): void {
  $toasts.set($toasts.get().filter((toast) => toast.id !== id));
}

/** Shows a short notice in the corner and announces it; it goes by itself once nobody points at it, and can be closed. */
export function toast(title: string, text?: string, options: ToastOptions = {}): void {
  $toasts.set([...$toasts.get(), { id: ++count, title, text, ...options }].slice(-AT_MOST));
}

/** Where toasts appear; once per page. The lists are live regions, so a toast is read out when it comes. */
export function Toaster() {
  const toasts = useStore($toasts);
  return (
    <div className="pointer-events-none fixed inset-x-0 top-[max(16px,env(safe-area-inset-top))] z-50 flex flex-col items-center gap-2 px-4">
      <div aria-live="polite" className="contents">
        {toasts
          .filter((one) => one.tone !== 'error')
          .map((one) => (
            <Notice key={one.id} {...one} />
          ))}
      </div>
      <div aria-live="assertive" className="contents">
        {toasts
          .filter((one) => one.tone === 'error')
          .map((one) => (
            <Notice key={one.id} {...one} />
          ))}
      </div>
    </div>
  );
}

function Notice({ id, title, text, tone, action }: Toast) {
  const { t } = useTranslation();
  const [held, setHeld] = useState(false);
  const shownMs = SHOWN_MS[action ? 'action' : (tone ?? 'plain')];
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => drop(id), shownMs);
    return () => clearTimeout(timer);
  }, [id, held, shownMs]);
  const hold = () => setHeld(true);
  const release = () => setHeld(false);
  return (
    <div
      onPointerEnter={hold}
      onPointerLeave={release}
      onFocus={hold}
      onBlur={release}
      className="enter-rise pointer-events-auto flex w-full max-w-md items-start gap-2 rounded-lg border border-line bg-surface py-1 ps-4 pe-1 shadow-lift"
    >
      <div className="min-w-0 flex-1 py-2.5">
        <p className={classes('text-sm font-semibold', tone === 'error' && 'text-danger')}>{title}</p>
        {text !== undefined && <p className="text-sm text-muted">{text}</p>}
      </div>
      {action && (
        <button
          type="button"
          className="min-h-11 rounded-full px-3 text-sm font-semibold text-straw-text hover:bg-raised"
          onClick={() => {
            drop(id);
            action.run();
          }}
        >
          {action.label}
        </button>
      )}
      <IconButton label={t('common:close')} icon={<X />} onClick={() => drop(id)} />
    </div>
  );
}

import { Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { buttonLook } from '../../ui/button.tsx';
import { Mark } from '../../ui/mark.tsx';
import { AccountButton } from './account-button.tsx';

/** What the TopBar takes. */
export interface TopBarProps {
  /** The search field, on screens that have something to search; a row of its own on phones. */
  search?: ReactNode;
  /**
   * How "Create nest" stands here: the one main action of the screen, one way among others, or left out because the
   * screen is about it.
   */
  create?: 'main' | 'quiet' | 'none';
}

/** The head of every screen but the nest: the mark leads home, then search, "Create nest" and the account. */
export function TopBar({ search, create = 'quiet' }: TopBarProps) {
  const { t } = useTranslation();
  return (
    <header className="measure flex flex-wrap items-center gap-x-2 gap-y-2 sm:gap-x-3 pt-[max(8px,env(safe-area-inset-top))] pb-2 md:pt-3.5">
      <Link
        href="/"
        aria-label={t('common:home')}
        className="-ms-1.5 flex min-h-11 items-center gap-2.5 rounded-full ps-1.5 sm:pe-3"
      >
        <Mark />
        <span className="font-title text-lg font-bold tracking-tight max-[23.75rem]:hidden">Nests</span>
      </Link>
      <span className="flex-1" />
      {search !== undefined && <div className="order-last w-full md:order-none md:w-64">{search}</div>}
      {create !== 'none' && (
        <Link href="/create" className={buttonLook(create, undefined, true)}>
          <Plus aria-hidden />
          {t('common:createNest')}
        </Link>
      )}
      <AccountButton />
    </header>
  );
}

import { useTranslation } from 'react-i18next';
import { Skeleton } from '../../ui/skeleton.tsx';
import { TopBar } from './top-bar.tsx';

/** While a screen's code is on its way: the head stands, the rest is quiet. */
export function Waiting() {
  const { t } = useTranslation();
  return (
    <>
      <TopBar create="none" />
      <main aria-busy aria-label={t('common:loading')} className="measure pt-6">
        <Skeleton className="h-9 w-56" />
        <Skeleton className="mt-6 h-48 max-w-2xl" />
      </main>
    </>
  );
}

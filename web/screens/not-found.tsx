import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { buttonLook } from '../ui/button.tsx';
import { Empty } from '../ui/empty.tsx';
import { usePageTitle } from './shell/page-title.ts';
import { TopBar } from './shell/top-bar.tsx';

/** An address that leads nowhere. */
export function NotFound() {
  const { t } = useTranslation();
  usePageTitle(t('common:notFound'));
  return (
    <>
      <TopBar />
      <main id="main" tabIndex={-1} className="measure pt-10 outline-none">
        <Empty
          level={1}
          seed="not-found"
          title={t('common:notFound')}
          action={
            <Link href="/" className={buttonLook('quiet')}>
              {t('common:toLobby')}
            </Link>
          }
        >
          {t('common:notFoundText')}
        </Empty>
      </main>
    </>
  );
}

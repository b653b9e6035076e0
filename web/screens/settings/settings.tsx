import { useTranslation } from 'react-i18next';
import type { ReactNode } from 'react';
import { usePageTitle } from '../shell/page-title.ts';
import { TopBar } from '../shell/top-bar.tsx';
import { About } from './about.tsx';
import { AccountSettings } from './account-settings.tsx';
import { ThemeChoice } from './theme-choice.tsx';

/** Settings: how it looks, whose key, which version. */
export function Settings() {
  const { t } = useTranslation();
  usePageTitle(t('settings:title'));
  return (
    <>
      <TopBar />
      <main id="main" tabIndex={-1} className="measure pb-16 outline-none">
        <div className="mx-auto max-w-2xl">
          <h1 className="pt-4 text-2xl">{t('settings:title')}</h1>
          <Section id="look" title={t('settings:look')}>
            <ThemeChoice />
          </Section>
          <Section id="account" title={t('settings:account')}>
            <AccountSettings />
          </Section>
          <Section id="about" title={t('settings:about')}>
            <About />
          </Section>
        </div>
      </main>
    </>
  );
}

function Section({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <section aria-labelledby={`${id}-title`} id={id} className="mt-8 border-t border-line pt-5">
      <h2 id={`${id}-title`} className="mb-3 text-lg">
        {title}
      </h2>
      {children}
    </section>
  );
}

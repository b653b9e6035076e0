import { KeyRound, Mic, Share2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { buttonLook } from '../../ui/button.tsx';
import { NestArcs } from '../../ui/nest-arcs.tsx';

/** What a fresh install shows: what this is, and the three steps to the first nest. */
export function Welcome() {
  const { t } = useTranslation();
  return (
    <section className="tinted overflow-hidden rounded-2xl bg-surface px-6 pt-8 pb-8 sm:px-10 sm:pt-10">
      <div className="grid items-center gap-x-12 gap-y-8 lg:grid-cols-[1fr_20rem]">
        <div>
          <h2 className="max-w-xl text-2xl sm:text-3xl">{t('lobby:welcomeTitle')}</h2>
          <p className="mt-3 max-w-xl text-base text-muted">{t('lobby:welcomeText')}</p>
        </div>
        <div aria-hidden className="relative mx-auto h-32 w-72 max-w-full max-lg:hidden">
          <NestArcs seed="welcome" count={18} className="absolute inset-0 size-full" />
        </div>
      </div>
      <ol className="mt-8 grid gap-6 sm:grid-cols-3">
        <Step number={1} icon={<KeyRound />} title={t('lobby:step1Title')} text={t('lobby:step1Text')} />
        <Step number={2} icon={<Mic />} title={t('lobby:step2Title')} text={t('lobby:step2Text')} />
        <Step number={3} icon={<Share2 />} title={t('lobby:step3Title')} text={t('lobby:step3Text')} />
      </ol>
      <Link href="/create" className={buttonLook('main', 'mt-8 max-sm:w-full')}>
        {t('lobby:openFirst')}
      </Link>
    </section>
  );
}

function Step({
  number,
  icon,
  title,
  text,
}: {
  number: number;
  icon: ReactNode;
  title: string;
  text: string;
}) {
  return (
    <li className="flex gap-4 sm:flex-col sm:gap-2">
      <span
        aria-hidden
        className="flex size-11 shrink-0 items-center justify-center rounded-full bg-raised text-straw-text [&_svg]:size-5"
      >
        {icon}
      </span>
      <div>
        <h3 className="text-base">
          <span className="tabular">{number}.</span> {title}
        </h3>
        <p className="mt-0.5 text-sm text-muted">{text}</p>
      </div>
    </li>
  );
}

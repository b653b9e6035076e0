import { useTranslation } from 'react-i18next';

const ADVICE = {
  hosts: ['wait', 'badge', 'restart', 'recreated'],
  guests: ['patience', 'retry', 'signIn', 'age', 'noSound'],
} as const;

/** What people can try themselves when a nest does not work. */
export function Troubleshooting() {
  const { t } = useTranslation('diagnostics');
  return (
    <section id="troubleshooting" aria-labelledby="troubleshooting-title" className="scroll-mt-4">
      <h2 id="troubleshooting-title" className="text-xl">
        {t('troubleshooting.title')}
      </h2>
      <h3 className="mt-4 text-base">{t('troubleshooting.hosts.title')}</h3>
      <ul className="mt-1 list-disc space-y-2 ps-5 text-sm marker:text-straw">
        {ADVICE.hosts.map((advice) => (
          <li key={advice}>{t(`troubleshooting.hosts.${advice}`)}</li>
        ))}
      </ul>
      <h3 className="mt-5 text-base">{t('troubleshooting.guests.title')}</h3>
      <ul className="mt-1 list-disc space-y-2 ps-5 text-sm marker:text-straw">
        {ADVICE.guests.map((advice) => (
          <li key={advice}>{t(`troubleshooting.guests.${advice}`)}</li>
        ))}
      </ul>
    </section>
  );
}

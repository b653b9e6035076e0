import { useTranslation } from 'react-i18next';
import { Button, buttonLook } from '../../ui/button.tsx';

/** How to get an extension that keeps keys. The list is open: any extension that speaks NIP-07 will do. */
const EXTENSIONS = [
  { name: 'nos2x', href: 'https://github.com/fiatjaf/nos2x', browsers: 'Chrome, Edge, Brave' },
  { name: 'nos2x-fox', href: 'https://addons.mozilla.org/firefox/addon/nos2x-fox/', browsers: 'Firefox' },
  { name: 'Alby', href: 'https://getalby.com/products/browser-extension', browsers: 'Chrome, Firefox' },
];

/** What to do when the browser has no extension yet. */
export function ExtensionHelp({ back }: { back: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="flex flex-col gap-4">
      <p className="text-sm text-muted">{t('signin:extensionHelpText')}</p>
      <ul role="list" className="-mx-3">
        {EXTENSIONS.map((extension) => (
          <li key={extension.name}>
            <a
              href={extension.href}
              target="_blank"
              rel="noopener noreferrer"
              className="flex min-h-11 flex-wrap items-center justify-between gap-x-4 rounded-md px-3 py-2 hover:bg-raised"
            >
              <span className="font-semibold underline decoration-straw underline-offset-4">
                {extension.name}
              </span>
              <span className="text-sm text-muted">{extension.browsers}</span>
            </a>
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap justify-end gap-3 max-sm:[&>*]:grow">
        <Button look="plain" onClick={back}>
          {t('signin:back')}
        </Button>
        <button type="button" className={buttonLook('main')} onClick={() => location.reload()}>
          {t('signin:extensionReload')}
        </button>
      </div>
    </div>
  );
}

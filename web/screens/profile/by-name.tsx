import { encodeNaddr, encodeNpub, nestPath } from '@nests/protocol/address';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, Redirect } from 'wouter';
import { settings } from '../../settings.ts';
import { Button, buttonLook } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { api } from '../api.ts';
import { NotFound } from '../not-found.tsx';
import { loadNostr } from '../services.ts';
import { TopBar } from '../shell/top-bar.tsx';
import { Waiting } from '../shell/waiting.tsx';
import { keyOfDomainName, readDomainName } from './nip05.ts';

type Found =
  { is: 'looking' | 'nobody' | 'failed' } | { is: 'live'; path: string } | { is: 'away'; pubkey: string };

/** `/n/<name@domain>`: to that person's live nest, else to what can be said about them. */
export function ByName({ name }: { name: string }) {
  const { t } = useTranslation();
  const [found, setFound] = useState<Found>({ is: 'looking' });
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    let gone = false;
    find(name).then(
      (result) => {
        if (!gone) setFound(result);
      },
      () => {
        if (!gone) setFound({ is: 'failed' });
      },
    );
    return () => {
      gone = true;
    };
  }, [name, attempt]);

  if (found.is === 'live') return <Redirect to={found.path} replace />;
  if (found.is === 'nobody') return <NotFound />;
  if (found.is === 'looking') return <Waiting />;
  return (
    <>
      <TopBar />
      <main id="main" tabIndex={-1} className="measure pt-10 outline-none">
        {found.is === 'away' ? (
          <Empty
            level={1}
            seed={found.pubkey}
            title={t('common:notLive', { name })}
            action={
              <Link href={`/p/${encodeNpub(found.pubkey)}`} className={buttonLook('quiet')}>
                {t('common:profile')}
              </Link>
            }
          />
        ) : (
          <Empty
            level={1}
            seed={name}
            title={t('common:notLoaded')}
            action={<Button onClick={() => setAttempt(attempt + 1)}>{t('common:tryAgain')}</Button>}
          >
            {t('common:notLoadedText')}
          </Empty>
        )}
      </main>
    </>
  );
}

const RELAYS_ANSWER_MS = 3_000;

/** Our own server says what is live here; for other servers the person's newest open event does. */
async function find(text: string): Promise<Found> {
  const domainName = readDomainName(text);
  if (!domainName) return { is: 'nobody' };
  const pubkey = await keyOfDomainName(domainName);
  if (pubkey === null) return { is: 'nobody' };
  const here = (await api.list()).nests.find((nest) => nest.host === pubkey);
  if (here) return { is: 'live', path: nestPath(here.roomId, here.host) };
  const elsewhere = await openElsewhere(pubkey);
  return elsewhere === null ? { is: 'away', pubkey } : { is: 'live', path: `/nest/${elsewhere}` };
}

async function openElsewhere(pubkey: string): Promise<string | null> {
  const { gateway } = await loadNostr();
  const { relays, publicUrl } = settings();
  const $announced = gateway.announced(relays);
  const ours = new URL(publicUrl).origin;
  return new Promise((resolve) => {
    const pick = () =>
      $announced
        .get()
        .find((nest) => nest.address.host === pubkey && nest.status === 'open' && nest.service !== ours);
    const answer = () => {
      const nest = pick();
      stop();
      clearTimeout(timer);
      resolve(nest ? encodeNaddr(nest.address) : null);
    };
    const timer = setTimeout(answer, RELAYS_ANSWER_MS);
    const stop = $announced.listen(() => {
      if (pick()) answer();
    });
    if (pick()) answer();
  });
}

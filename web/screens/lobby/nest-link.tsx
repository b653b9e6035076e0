import { useStore } from '@nanostores/react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { $nostr } from '../services.ts';
import { hrefOf, type Place } from './view.ts';

/** The link of a card or row; all of it can be pressed, so its parent must be `relative`. */
export function NestLink({ place, children }: { place: Place; children: ReactNode }) {
  const nostr = useStore($nostr);
  // A nest of another server is known from Nostr alone, so its naddr can be written.
  const href = hrefOf(place, (address) => nostr?.encodeNaddr(address) ?? '');
  const whole = 'outline-none after:absolute after:inset-0 after:rounded-xl';
  if (place.opens !== 'elsewhere') {
    return (
      <Link href={href} className={whole}>
        {children}
      </Link>
    );
  }
  return (
    <a href={href} target="_blank" rel="noopener noreferrer" className={whole}>
      {children}
    </a>
  );
}

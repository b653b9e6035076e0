import { hostOfFragment } from '@nests/protocol/address';
import { readNestLink } from '../../nest/whereabouts.ts';
import type { OpenNestOptions } from '../../nest/session-types.ts';

/**
 * What an address of the app names: `/nest/<room id>#<host's key>` or `/nest/<naddr>`. The fragment may also carry an invitation
 * (`#<host's key>&invite=<secret>`): fragments are never sent to a server. Null when the link says naddr and is none.
 */
export function readAddress(link: string, fragment: string): OpenNestOptions | null {
  const parts = fragment.replace(/^#/, '').split('&');
  const secret = parts.find((part) => part.startsWith('invite='))?.slice('invite='.length);
  const invite = secret ? { inviteSecret: decodeURIComponent(secret) } : {};
  if (link.startsWith('naddr1')) {
    const named = readNestLink(link);
    return named && { roomId: named.roomId, hostHint: named.host, relayHints: named.relays, ...invite };
  }
  const host = hostOfFragment(parts[0] ?? '');
  return { roomId: link, ...(host === undefined ? {} : { hostHint: host }), ...invite };
}

import { encodeNaddr } from '@nests/protocol/address';
import type { JoinReply, NestInfo, TokenReply } from '@nests/protocol/api';
import type { Config } from '../config.ts';
import type { Entry, NestView } from '../nests/use-cases.ts';
import type { Caller } from './auth.ts';
import type { Sessions } from './sessions.ts';

/** naddrs are costly to spell and asked for again and again: this many are remembered. */
const REMEMBERED_LINKS = 10_000;
/** Relay hints in a link; more only make it longer. */
const LINK_RELAYS = 3;
/** A longer one would make the naddr unreadable (NIP-19); an older record may still have one. */
const LONGEST_RELAY = 255;

/** Turns what the domain answers into what HTTP says. */
export interface Views {
  /** the naddr of a nest */
  link(nest: { id: string; host: string; relays: string[] }): string;
  /** where browsers connect, and where HLS is */
  endpoints(nest: { roomId: string; hls_stream: boolean }): string[];
  /** a place with its token, for who has a session already */
  seat(entry: Entry): TokenReply;
  /** a place with token and session */
  join(entry: Entry, signedAt: number): JoinReply;
  info(id: string, view: NestView): NestInfo;
  /** a session for an identity of this nest */
  session(nestId: string, identity: string, signedAt: number): string;
}

/** What a reply says about one nest, made from the settings and the sessions. */
export function makeViews(config: Pick<Config, 'livekit' | 'publicUrls'>, sessions: Sessions): Views {
  const livekit = config.livekit.publicUrl.replace(/^(wss?):/, '$1+livekit:').replace(/\/$/, '');
  const links = new Map<string, string>();

  const views: Views = {
    link({ id, host, relays }) {
      const hints = relays.filter((url) => Buffer.byteLength(url) <= LONGEST_RELAY).slice(0, LINK_RELAYS);
      const key = `${id} ${host} ${hints.join(' ')}`;
      const known = links.get(key);
      if (known !== undefined) return known;
      if (links.size >= REMEMBERED_LINKS) links.clear();
      const link = encodeNaddr({ host, d: id, relays: hints });
      links.set(key, link);
      return link;
    },
    endpoints({ roomId, hls_stream }) {
      return hls_stream ? [livekit, `${config.publicUrls[0]}/api/v1/live/${roomId}/live.m3u8`] : [livekit];
    },
    seat(entry) {
      return {
        token: entry.token,
        role: entry.role,
        generation: entry.generation,
        endpoints: views.endpoints(entry),
      };
    },
    join(entry, signedAt) {
      return { ...views.seat(entry), session: views.session(entry.roomId, entry.identity, signedAt) };
    },
    info(id, view) {
      if (view.hidden) return { status: view.status, access: view.access };
      const { hidden: _, relays, ...nest } = view;
      return { ...nest, link: views.link({ id, host: view.host, relays }), recording: false };
    },
    session(nestId, identity, signedAt) {
      return sessions.issue({ nestId, identity, signedAt });
    },
  };
  return views;
}

/** From when a session counts: the signature of a person, this moment for a guest. */
export function signedAtOf(caller: Pick<Caller, 'signedAt'> | null, now: number): number {
  return caller?.signedAt ?? now;
}

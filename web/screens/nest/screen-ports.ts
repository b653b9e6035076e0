import type { NestAddress } from '@nests/protocol/address';
import type { ChatMessage } from '@nests/protocol/chat';
import type { ReadableAtom } from 'nanostores';
import { createContext, use } from 'react';
import type { NestSession } from '../../nest/session-types.ts';
import type { Diagnostics } from '../../nest/task-types.ts';

/** Who somebody says they are (kind 0). */
export interface ProfileView {
  name?: string | undefined;
  picture?: string | undefined;
  nip05?: string | undefined;
  about?: string | undefined;
}

/** An emoji that somebody sent to the nest. */
export interface ReactionView {
  id: string;
  pubkey: string;
  /** The emoji. */
  emoji: string;
  /** Unix seconds. */
  createdAt: number;
}

/** How a relay stands. */
export type RelayState = 'connecting' | 'open' | 'failed';

/** All that the nest's screen sees of the rest of the app. */
export interface ScreenPorts {
  session: NestSession;
  /** The profile of a public key; undefined while looking or when there is none. */
  profile: (pubkey: string) => ReadableAtom<ProfileView | undefined>;
  /** The nest's messages, oldest first. */
  chat: (address: NestAddress) => ReadableAtom<readonly ChatMessage[]>;
  reactions: (address: NestAddress) => ReadableAtom<readonly ReactionView[]>;
  relayStates: ReadableAtom<Readonly<Record<string, RelayState>>>;
  /** The public key of whoever is signed in; null = nobody. */
  $me: ReadableAtom<string | null>;
  /** Opens the sign-in dialog; it returns to where one was. */
  signIn: () => void;
  /** Starts a run of the diagnostics for this nest. Rejects when their code cannot be had (offline). */
  diagnose: (roomId: string) => Promise<Diagnostics>;
  /** To the lobby. */
  goHome: () => void;
  /** The origin people share. */
  publicUrl: string;
}

const ScreenContext = createContext<ScreenPorts | null>(null);

/** Hands the ports to the parts of the nest's screen. */
export const ScreenProvider = ScreenContext.Provider;

/** The ports of the nest that is on screen. Throws outside of a {@link ScreenProvider}. */
export function useNest(): ScreenPorts {
  const ports = use(ScreenContext);
  if (!ports) throw new Error('useNest needs a ScreenProvider');
  return ports;
}

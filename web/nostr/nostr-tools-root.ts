/**
 * What the libraries take from the root of nostr-tools, and nothing else. The root is one file of every NIP, which no
 * bundler can take apart; vite.config.ts puts this in its place.
 */
export * as kinds from 'nostr-tools/kinds';

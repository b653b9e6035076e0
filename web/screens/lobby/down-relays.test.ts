import { atom } from 'nanostores';
import { describe, expect, it } from 'vitest';
import type { RelayState } from '../../nostr/index.ts';
import { downRelays } from './down-relays.ts';

function watch() {
  const $states = atom<Record<string, RelayState>>({});
  const $down = downRelays($states, ['wss://one.example/', 'ws://localhost:5545']);
  const told: string[] = [];
  $down.listen((down) => told.push(down.join(' ') || 'all fine'));
  const become = (relay: string, state: RelayState) => $states.set({ ...$states.get(), [relay]: state });
  return { become, told };
}

describe('relays that are down', () => {
  it('are named once, and stay so while they are tried again', () => {
    const { become, told } = watch();
    become('wss://one.example', 'connecting');
    become('wss://one.example', 'failed');
    become('wss://one.example', 'connecting');
    become('wss://one.example', 'failed');
    become('wss://one.example', 'open');
    become('wss://one.example', 'connecting');
    expect(told).toEqual(['one.example', 'all fine']);
  });

  it('are only the ones of this server', () => {
    const { become, told } = watch();
    become('wss://somebody.example', 'failed');
    expect(told).toEqual([]);
    become('ws://localhost:5545', 'failed');
    expect(told).toEqual(['localhost:5545']);
  });
});

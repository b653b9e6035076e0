import type { NestAddress } from '@nests/protocol/address';
import type { CreateBody, CreateReply } from '@nests/protocol/api';
import type { NostrEvent } from '@nests/protocol/event';
import { makeNestEvent } from '@nests/protocol/nest-event';
import { atom } from 'nanostores';

import { SigningError } from '../api/error.ts';
import { webLink } from './event-keeper.ts';
import { failureOf } from './failures.ts';
import type { NestPorts } from './ports.ts';
import { Tickets } from './seat.ts';
import type { CreateProgress, Creation, NestForm } from './task-types.ts';

/** What making a nest needs of a session's ports. */
export type CreatePorts = Pick<NestPorts, 'api' | 'account' | 'clock' | 'publicUrl' | 'around'> & {
  nostr: Pick<NestPorts['nostr'], 'publish'>;
};

/**
 * Make a nest, step by step: the room at the API first (the id comes from there, and a nest that can be seen can be joined), then its
 * announcement on each relay. A relay that fails is named and stops nothing.
 */
export function createNest(form: NestForm, ports: CreatePorts): Creation {
  const $progress = atom<CreateProgress>({
    room: 'waiting',
    relays: form.relays.map((relay) => ({ relay, state: 'waiting' })),
    ready: 'waiting',
    announced: false,
    roomId: null,
    address: null,
    failure: null,
  });
  const update = (change: Partial<CreateProgress>) => $progress.set({ ...$progress.get(), ...change });
  const run = async (): Promise<CreateProgress> => {
    update({ room: 'working' });
    try {
      const { reply, address } = await makeRoom(form, ports);
      update({ room: 'done', roomId: reply.roomId, address });
      await announce(form, reply, address, ports, update);
      update({ ready: 'done' });
    } catch (cause) {
      update({ room: 'failed', ready: 'failed', failure: failureOf(cause, true) });
    }
    return $progress.get();
  };
  return { $progress, done: run() };
}

async function makeRoom(
  form: NestForm,
  ports: CreatePorts,
): Promise<{ reply: CreateReply; address: NestAddress }> {
  const { account, api, around } = ports;
  if (!account) throw new SigningError('Making a nest needs a key');
  const body: CreateBody = {
    relays: form.relays,
    hls_stream: form.hlsStream,
    access: form.access,
    guests: form.guests,
    ...(form.starts === undefined ? {} : { starts: form.starts }),
  };
  const reply = await api.create(body, account.sign);
  // The nest's page finds it there and goes in as the same person, without asking the signer again.
  new Tickets(around.tab, account.pubkey).keep(reply.roomId, reply.session, 'authenticated');
  return { reply, address: { host: account.pubkey, d: reply.roomId, relays: form.relays } };
}

async function announce(
  form: NestForm,
  reply: CreateReply,
  address: NestAddress,
  ports: CreatePorts,
  update: (change: Partial<CreateProgress>) => void,
): Promise<void> {
  update({ relays: form.relays.map((relay) => ({ relay, state: 'working' })) });
  const event = await signAnnouncement(form, reply, address, ports);
  if (!event) {
    update({
      relays: form.relays.map((relay) => ({ relay, state: 'failed', messageKey: 'create:relayUnsigned' })),
    });
    return;
  }
  const relays = await Promise.all(
    form.relays.map(async (relay): Promise<CreateProgress['relays'][number]> => {
      const [result] = await ports.nostr.publish(event, [relay]);
      if (result?.ok) return { relay, state: 'done' };
      return {
        relay,
        state: 'failed',
        ...(result?.message === undefined ? {} : { message: result.message }),
      };
    }),
  );
  update({ relays, announced: relays.some(({ state }) => state === 'done') });
}

/** Null when the person or the signer refused: the nest is there all the same. */
async function signAnnouncement(
  form: NestForm,
  reply: CreateReply,
  { host, d: roomId }: NestAddress,
  ports: CreatePorts,
): Promise<NostrEvent | null> {
  const now = Math.floor(ports.clock.now() / 1000);
  const planned = form.starts !== undefined && form.starts > now;
  const template = makeNestEvent({
    roomId,
    host,
    title: form.title,
    ...(form.summary === undefined ? {} : { summary: form.summary }),
    ...(form.image === undefined ? {} : { image: form.image }),
    ...(form.color === undefined ? {} : { color: form.color }),
    hashtags: form.hashtags,
    status: planned ? 'planned' : form.access === 'invite' ? 'private' : 'open',
    starts: planned ? (form.starts ?? now) : now,
    service: ports.publicUrl,
    streaming: reply.endpoints,
    relays: form.relays,
    webLink: webLink(ports.publicUrl, roomId, host),
    now,
  });
  return (await ports.account?.sign(template).catch(() => null)) ?? null;
}

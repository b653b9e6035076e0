import { nestPath } from '@nests/protocol/address';
import type { FeedState } from '@nests/protocol/api';
import type { EventTemplate } from '@nests/protocol/event';
import {
  makeNestEvent,
  type NestEvent,
  type NestEventInput,
  type NestPerson,
} from '@nests/protocol/nest-event';

import { isAborted, sleep } from '../api/clock.ts';
import type { NestPorts } from './ports.ts';

/** An hour of silence means the end to other clients. */
const REPUBLISH_MS = 30 * 60_000;
/** Several people are often brought onto the stage one after the other; they become one event. */
const SETTLE_MS = 2_000;

/** The link people open. */
export function webLink(publicUrl: string, roomId: string, host: string): string {
  return publicUrl + nestPath(roomId, host);
}

/** An event's own words as the input of its next version. */
export function inputOf(
  event: NestEvent,
  publicUrl: string,
  nowMs: number,
  change: Partial<NestEventInput> = {},
): NestEventInput {
  const { address } = event;
  return {
    roomId: address.d,
    host: address.host,
    title: event.title,
    summary: event.summary,
    ...(event.image === undefined ? {} : { image: event.image }),
    ...(event.color === undefined ? {} : { color: event.color }),
    hashtags: event.hashtags,
    status: event.status,
    ...(event.starts === undefined ? {} : { starts: event.starts }),
    ...(event.ends === undefined ? {} : { ends: event.ends }),
    service: event.service ?? publicUrl,
    streaming: event.streaming,
    relays: event.relays,
    people: event.people,
    webLink: webLink(publicUrl, address.d, address.host),
    now: Math.floor(nowMs / 1000),
    ...change,
  };
}

/** The roles of the record, as an event mirrors them. */
export function peopleOf(record: Pick<FeedState, 'host' | 'admins' | 'speakers'>): NestPerson[] {
  const admins = record.admins.map((pubkey): NestPerson => ({ pubkey, role: 'admin' }));
  const speakers = record.speakers
    .filter((pubkey) => pubkey !== record.host && !record.admins.includes(pubkey))
    .map((pubkey): NestPerson => ({ pubkey, role: 'speaker' }));
  return [{ pubkey: record.host, role: 'host' }, ...admins, ...speakers];
}

/** What the keeper reads. */
interface KeeperParts {
  ports: NestPorts;
  event: () => NestEvent | null | undefined;
  record: () => FeedState | null;
}

/**
 * Keeps the nest's event fresh as long as its host is in: again every half hour, and whenever the roles it mirrors have changed. It never
 * makes up an event: where none could be read, there is nothing to keep.
 */
export class EventKeeper {
  readonly #parts: KeeperParts;
  #stop: AbortController | null = null;
  #settling: (() => void) | null = null;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  /** The host is in. */
  start(): void {
    if (this.#stop) return;
    this.#stop = new AbortController();
    void this.#keepFresh(this.#stop.signal);
  }

  /** The host has left. */
  stop(): void {
    this.#stop?.abort();
    this.#stop = null;
    this.#settling?.();
    this.#settling = null;
  }

  /** The record is another one: publish its roles soon, unless the event says the same already. */
  rolesChanged(): void {
    if (!this.#stop || this.#mirrors()) return;
    this.#settling?.();
    this.#settling = this.#parts.ports.clock.after(SETTLE_MS, () => {
      this.#settling = null;
      if (!this.#mirrors()) void this.publish();
    });
  }

  /** The event once more, with the record's roles and this change. False when there is no event to keep, or nobody took it. */
  async publish(change: Partial<NestEventInput> = {}): Promise<boolean> {
    const { ports } = this.#parts;
    const event = this.#parts.event();
    const record = this.#parts.record();
    if (!event) return false;
    const people = record ? { people: peopleOf(record) } : {};
    const input = inputOf(event, ports.publicUrl, ports.clock.now(), { ...people, ...change });
    return signAndPublish(ports, makeNestEvent(input, event.event), event.relays);
  }

  async #keepFresh(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts.ports;
    while (!isAborted(signal)) {
      await sleep(clock, REPUBLISH_MS, signal);
      if (!isAborted(signal)) await this.publish();
    }
  }

  #mirrors(): boolean {
    const event = this.#parts.event();
    const record = this.#parts.record();
    if (!event || !record) return true;
    const key = (people: NestPerson[]) =>
      people
        .map((p) => `${p.pubkey} ${p.role}`)
        .sort()
        .join();
    return key(event.people) === key(peopleOf(record));
  }
}

/** Sign and hand to relays; false when the signer refused or no relay took it. Never rejects: events are a mirror, the API is the truth. */
export async function signAndPublish(
  { account, nostr, defaultRelays }: Pick<NestPorts, 'account' | 'nostr' | 'defaultRelays'>,
  template: EventTemplate,
  relays: readonly string[],
): Promise<boolean> {
  if (!account) return false;
  return nostr.send(template, account.sign, relays.length > 0 ? relays : defaultRelays).catch(() => false);
}

import { randomUUID } from 'node:crypto';
import { parseEvent, type NostrEvent } from '@nests/protocol/event';
import type { WebSocket } from 'ws';
import { Allowance } from './allowance.ts';
import { authFault } from './auth.ts';
import type { Backlog } from './backlog.ts';
import type { Commits, Committed } from './commits.ts';
import type { Filter } from './filters.ts';
import { AUTH_KIND, expirationOf, isProtected, keepingOf } from './kinds.ts';
import type { Limits } from './limits.ts';
import * as say from './messages.ts';
import type { Storage } from './storage.ts';
import type { Listener, Subscriptions } from './subscriptions.ts';
import { verifyEvent } from './verify.ts';

/** What every client of one relay shares. */
export interface Shared {
  storage: Storage;
  commits: Commits;
  subscriptions: Subscriptions;
  backlog: Backlog<Client>;
  limits: Limits;
  /** The relay's public address when clients must authenticate (NIP-42); null when anybody may read and write. */
  authUrl: string | null;
  /** Milliseconds. */
  now: () => number;
}

interface Refusal {
  prefix: say.Prefix;
  reason: string;
}

/** What surrounds an event in its message. */
const ENVELOPE = '["EVENT",]';

const AUTH_NEEDED: Refusal = { prefix: 'auth-required', reason: 'this relay is for people it knows' };

/** One connection: reads what the client says, answers, and passes on the events it asked for. */
export class Client implements Listener {
  private readonly challenge = randomUUID();
  private readonly authenticated = new Set<string>();
  private readonly events: Allowance;
  private readonly requests: Allowance;

  constructor(
    private readonly socket: WebSocket,
    private readonly shared: Shared,
  ) {
    const { limits, now } = shared;
    this.events = new Allowance(limits.eventsPerSecond, limits.eventBurst, now);
    this.requests = new Allowance(limits.requestsPerSecond, limits.requestBurst, now);
    if (shared.authUrl !== null) this.send(say.authChallenge(this.challenge));
  }

  /** Answers one message; whatever it holds, it does not throw for it. */
  receive(text: string): void {
    let message: say.ClientMessage;
    try {
      message = say.parseMessage(text, this.shared.limits);
    } catch (error) {
      if (!(error instanceof say.MessageError)) throw error;
      if (error.closed !== undefined) this.shared.subscriptions.remove(this, error.closed);
      this.send(error.reply);
      return;
    }
    if (message.type === 'EVENT') this.publish(message.event, text);
    else if (message.type === 'AUTH') this.authenticate(message.event);
    else if (message.type === 'REQ') this.request(message.subscription, message.filters);
    else this.shared.subscriptions.remove(this, message.subscription);
  }

  /** Tells the client that only text is understood. */
  refuseBinary(): void {
    this.send(say.notice('invalid', 'messages are text'));
  }

  /** Passes on an event that matched a subscription. */
  deliver(subscription: string, eventJson: string): void {
    this.send(say.eventMessage(subscription, eventJson));
  }

  /** Forgets everything about a client who is gone. */
  leave(): void {
    this.shared.subscriptions.removeAll(this);
    this.shared.backlog.note(this, 0);
  }

  private publish(input: unknown, text: string): void {
    const event = parseEvent(input);
    if (Buffer.byteLength(text) > this.shared.limits.eventBytes + ENVELOPE.length) {
      this.refuse(input, {
        prefix: 'invalid',
        reason: `an event is at most ${this.shared.limits.eventBytes} bytes`,
      });
    } else if (!event) {
      this.refuse(input, { prefix: 'invalid', reason: 'this is not an event' });
    } else {
      const refusal = this.refusalOf(event);
      if (refusal) this.refuse(event, refusal);
      else this.accept(event);
    }
  }

  /** What speaks against the event; the cheap checks first, the signature last. */
  private refusalOf(event: NostrEvent): Refusal | null {
    const { limits, now, authUrl } = this.shared;
    const seconds = now() / 1000;
    const expires = expirationOf(event);
    if (!this.events.take()) {
      return { prefix: 'rate-limited', reason: `at most ${limits.eventsPerSecond} events a second` };
    }
    if (authUrl !== null && this.authenticated.size === 0) return AUTH_NEEDED;
    if (event.kind === AUTH_KIND) return { prefix: 'invalid', reason: 'this kind belongs into AUTH' };
    if (event.created_at > seconds + limits.futureSeconds) {
      return { prefix: 'invalid', reason: 'created_at is in the future' };
    }
    if (expires !== null && expires <= seconds) return { prefix: 'invalid', reason: 'the event has expired' };
    if (isProtected(event) && !this.authenticated.has(event.pubkey)) {
      // Where nobody is asked to authenticate, nobody can.
      const prefix = authUrl === null ? 'restricted' : 'auth-required';
      return { prefix, reason: 'only its author may bring this event' };
    }
    if (!verifyEvent(event)) return { prefix: 'invalid', reason: 'id or signature is wrong' };
    return null;
  }

  private accept(event: NostrEvent): void {
    const { commits, subscriptions } = this.shared;
    if (keepingOf(event.kind) === 'ephemeral') {
      this.send(say.ok(event.id, true));
      subscriptions.deliver(event);
      return;
    }
    commits.add(event, (outcome) => {
      this.send(okFor(event.id, outcome));
      if (outcome === 'stored') subscriptions.deliver(event);
    });
  }

  private refuse(input: unknown, { prefix, reason }: Refusal): void {
    const id = typeof input === 'object' && input !== null && 'id' in input ? input.id : undefined;
    if (typeof id === 'string' && id.length <= 64) this.send(say.ok(id, false, prefix, reason));
    else this.send(say.notice(prefix, reason));
  }

  private request(subscription: string, filters: Filter[]): void {
    const { subscriptions, storage, limits, now, authUrl } = this.shared;
    if (!this.requests.take()) {
      this.close(subscription, {
        prefix: 'rate-limited',
        reason: `at most ${limits.requestsPerSecond} requests a second`,
      });
    } else if (authUrl !== null && this.authenticated.size === 0) {
      this.close(subscription, AUTH_NEEDED);
    } else if (!subscriptions.has(this, subscription) && subscriptions.count(this) >= limits.subscriptions) {
      this.close(subscription, { prefix: 'error', reason: `at most ${limits.subscriptions} subscriptions` });
    } else {
      const bounds = {
        rows: limits.eventsPerFilter,
        bytes: limits.replyBytes,
        now: Math.floor(now() / 1000),
      };
      for (const { json } of storage.find(filters, bounds)) this.deliver(subscription, json);
      this.send(say.eose(subscription));
      // In the same turn as the query: what is committed from here on is delivered live, nothing twice, nothing never.
      subscriptions.add(this, subscription, filters);
    }
  }

  /** Refuses a request. An open subscription of that name is over with it (NIP-01). */
  private close(subscription: string, { prefix, reason }: Refusal): void {
    this.shared.subscriptions.remove(this, subscription);
    this.send(say.closed(subscription, prefix, reason));
  }

  private authenticate(input: unknown): void {
    const { authUrl, now } = this.shared;
    const event = parseEvent(input);
    if (!event) {
      this.refuse(input, { prefix: 'invalid', reason: 'this is not an event' });
    } else if (authUrl === null) {
      this.refuse(event, { prefix: 'error', reason: 'this relay asks nobody to authenticate' });
    } else if (!this.requests.take()) {
      this.refuse(event, { prefix: 'rate-limited', reason: 'too many tries' });
    } else {
      const expected = { challenge: this.challenge, url: authUrl, now: now() / 1000 };
      const fault = authFault(event, expected) ?? (verifyEvent(event) ? null : 'id or signature is wrong');
      if (fault !== null) {
        this.refuse(event, { prefix: 'invalid', reason: fault });
      } else {
        this.authenticated.add(event.pubkey);
        this.send(say.ok(event.id, true));
      }
    }
  }

  /**
   * Sends, and watches how much is waiting: a client who reads slower than it asks is not listened to for a while, one
   * who does not read at all is dropped; so is the slowest of all when too much waits for all of them together.
   */
  private send(text: string): void {
    const { socket, shared } = this;
    if (socket.readyState !== socket.OPEN) return;
    socket.send(text, () => this.resumeWhenDrained());
    shared.backlog.note(this, socket.bufferedAmount)?.drop();
    if (socket.bufferedAmount > shared.limits.dropAtBytes) socket.terminate();
    else if (socket.bufferedAmount > shared.limits.pauseAtBytes) socket.pause();
  }

  private drop(): void {
    this.socket.terminate();
    this.shared.backlog.note(this, 0);
  }

  private resumeWhenDrained(): void {
    const { socket, shared } = this;
    shared.backlog.note(this, socket.readyState === socket.OPEN ? socket.bufferedAmount : 0);
    if (socket.isPaused && socket.bufferedAmount <= shared.limits.pauseAtBytes / 2) socket.resume();
  }
}

function okFor(id: string, outcome: Committed): string {
  switch (outcome) {
    case 'stored':
      return say.ok(id, true);
    case 'duplicate':
      return say.ok(id, true, 'duplicate', 'this event is here already');
    case 'superseded':
      return say.ok(id, false, 'duplicate', 'a newer version of this event is here');
    case 'deleted':
      return say.ok(id, false, 'blocked', 'its author has deleted this event');
    case 'failed':
      return say.ok(id, false, 'error', 'the event could not be stored');
  }
}

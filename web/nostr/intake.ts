import { parseEvent, type NostrEvent } from '@nests/protocol/event';
import { EventStore } from 'applesauce-core/event-store';
import { matchFilters, type Filter } from 'applesauce-core/helpers/filter';
import type { Verifier } from './verifier.ts';

/** The views are told at most this often: a busy chat must not draw itself fifty times a second. */
const TELL_EVERY_MS = 50;

/**
 * The only way for events into the app: shape and size, whether they were asked for, whether they are new, and last
 * the signature. What passes is kept in memory: of replaceable events the newest, of the others each once.
 */
export class Intake {
  readonly store = new EventStore({
    // Everything that gets here has been verified, off the main thread.
    verifyEvent: () => true,
  });
  private readonly verifier: Verifier;
  private readonly checking = new Map<string, Promise<void>>();
  private readonly followers = new Map<() => void, Filter[]>();
  private readonly changed = new Set<() => void>();
  private telling: ReturnType<typeof setTimeout> | undefined;

  constructor(verifier: Verifier) {
    this.verifier = verifier;
    this.store.insert$.subscribe((event) => this.note(event));
    this.store.remove$.subscribe((event) => this.note(event));
  }

  /** Takes what a relay sent in answer to `filters`. Resolves when it has been kept or refused; never rejects. */
  async take(raw: unknown, filters: Filter[], isUrgent: boolean): Promise<void> {
    const event = parseEvent(raw);
    if (event === null || !matchFilters(filters, event) || this.store.hasEvent(event.id)) return;
    // The same id with another signature is another claim: a forged copy must not keep the true one out.
    const claim = event.id + event.sig;
    const known = this.checking.get(claim);
    if (known !== undefined) return known;
    const checked = this.verifier.verify(event, isUrgent).then((isGenuine) => {
      this.checking.delete(claim);
      if (isGenuine) this.store.add(event);
    });
    this.checking.set(claim, checked);
    return checked;
  }

  /** Takes an event of our own, which is checked like any other. */
  async takeOwn(event: NostrEvent): Promise<void> {
    if (!this.store.hasEvent(event.id) && (await this.verifier.verify(event, true)))
      this.store.add({ ...event });
  }

  /** Calls back, a little later and for many at once, when events of these filters come or go. */
  follow(filters: Filter[], callback: () => void): () => void {
    this.followers.set(callback, filters);
    return () => {
      this.followers.delete(callback);
      this.changed.delete(callback);
    };
  }

  private note(event: NostrEvent): void {
    for (const [callback, filters] of this.followers) {
      if (matchFilters(filters, event)) this.changed.add(callback);
    }
    if (this.changed.size > 0) this.telling ??= setTimeout(() => this.tell(), TELL_EVERY_MS);
  }

  private tell(): void {
    this.telling = undefined;
    const callbacks = [...this.changed];
    this.changed.clear();
    for (const callback of callbacks) callback();
  }

  /** Forgets everything. */
  close(): void {
    clearTimeout(this.telling);
    this.followers.clear();
    this.store.dispose();
  }
}

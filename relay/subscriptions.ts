import type { NostrEvent } from '@nests/protocol/event';
import { indexedTags, matches, type Filter } from './filters.ts';

/** Whoever asked: told the subscription's id and the event, as JSON. */
export interface Listener {
  deliver(subscription: string, eventJson: string): void;
}

interface Entry {
  listener: Listener;
  subscription: string;
  filter: Filter;
  /** The shelves this entry stands on; on each an event must look to find it. */
  shelves: string[];
}

const EVERYTHING = '*';

/**
 * Open subscriptions, shelved by the rarest thing each filter asks for (an id, a tag, an author, a kind), so that an
 * event is held against the few filters it might match and not against all.
 */
export class Subscriptions {
  private readonly shelves = new Map<string, Set<Entry>>();
  private readonly open = new Map<Listener, Map<string, Entry[]>>();

  /** Opens a subscription; one of the same name by the same listener is replaced. */
  add(listener: Listener, subscription: string, filters: Filter[]): void {
    this.remove(listener, subscription);
    const entries = filters.map((filter) => ({
      listener,
      subscription,
      filter,
      shelves: shelvesOf(filter),
    }));
    for (const entry of entries) {
      for (const name of entry.shelves) this.shelf(name).add(entry);
    }
    let own = this.open.get(listener);
    if (!own) this.open.set(listener, (own = new Map<string, Entry[]>()));
    own.set(subscription, entries);
  }

  /** Closes a subscription, if it is open. */
  remove(listener: Listener, subscription: string): void {
    const own = this.open.get(listener);
    for (const entry of own?.get(subscription) ?? []) this.unshelve(entry);
    own?.delete(subscription);
    if (own?.size === 0) this.open.delete(listener);
  }

  /** Closes everything of a listener who is gone. */
  removeAll(listener: Listener): void {
    for (const subscription of [...(this.open.get(listener)?.keys() ?? [])]) {
      this.remove(listener, subscription);
    }
  }

  /** True when the listener has a subscription of that name. */
  has(listener: Listener, subscription: string): boolean {
    return this.open.get(listener)?.has(subscription) ?? false;
  }

  /** How many subscriptions the listener has open. */
  count(listener: Listener): number {
    return this.open.get(listener)?.size ?? 0;
  }

  /** Delivers the event to every subscription it matches, once each. */
  deliver(event: NostrEvent): void {
    const told = new Map<Listener, Set<string>>();
    let json: string | undefined;
    for (const entry of this.candidates(event)) {
      const { listener, subscription, filter } = entry;
      if (told.get(listener)?.has(subscription) || !matches(filter, event)) continue;
      const names = told.get(listener) ?? new Set<string>();
      told.set(listener, names.add(subscription));
      listener.deliver(subscription, (json ??= JSON.stringify(event)));
    }
  }

  private candidates(event: NostrEvent): Entry[] {
    const names = [
      EVERYTHING,
      `id:${event.id}`,
      `author:${event.pubkey}`,
      `kind:${event.kind}`,
      ...indexedTags(event).map(([letter, value]) => `#${letter}:${value}`),
    ];
    return names.flatMap((name) => [...(this.shelves.get(name) ?? [])]);
  }

  private shelf(name: string): Set<Entry> {
    let shelf = this.shelves.get(name);
    if (!shelf) this.shelves.set(name, (shelf = new Set<Entry>()));
    return shelf;
  }

  private unshelve(entry: Entry): void {
    for (const name of entry.shelves) {
      const shelf = this.shelves.get(name);
      shelf?.delete(entry);
      if (shelf?.size === 0) this.shelves.delete(name);
    }
  }
}

/** Where a filter stands: events that match it look on at least one of these shelves. */
function shelvesOf(filter: Filter): string[] {
  if (filter.ids) return filter.ids.map((id) => `id:${id}`);
  const [shortest] = [...filter.tags].sort(([, a], [, b]) => a.length - b.length);
  if (shortest) return shortest[1].map((value) => `#${shortest[0]}:${value}`);
  if (filter.authors) return filter.authors.map((author) => `author:${author}`);
  if (filter.kinds) return filter.kinds.map((kind) => `kind:${kind}`);
  return [EVERYTHING];
}

import { eventsOf, worthSealing } from './announce.ts';
import { Background } from './background.ts';
import { Records } from './change.ts';
import { Enforcer, type IsBlocked } from './enforce.ts';
import { MetadataKeeper } from './metadata.ts';
import { Moves } from './moves.ts';
import type { Clock, Feed, Ids, Log, MediaServer, NestStore, Seal } from './ports.ts';
import type { NestRecord } from './record.ts';
import { Repairs } from './repairs.ts';
import { Retirement } from './retirement.ts';
import { Seats } from './seats.ts';
import { Sight } from './sight.ts';
import { Tokens } from './tokens.ts';

/** What the domain needs from outside. */
export interface Ports {
  store: NestStore;
  media: MediaServer;
  feed: Feed;
  clock: Clock;
  ids: Ids;
  seal: Seal;
  log: Log;
}

/** What an operator decides about the domain. */
export interface DomainOptions {
  /** how many may be inside one nest, at most; a nest may have less */
  capacity: number;
  /** creations per key; null: no limit */
  createLimit: { count: number; windowMs: number } | null;
  /** keys that the operator keeps out of the server; nobody, when left out */
  isBlocked?: IsBlocked;
  /** LiveKit may lose its list of rooms without ending them, because it keeps it in Redis; see Landmark */
  landmark?: boolean;
}

/** The ports and everything the use cases share. */
export interface Parts extends Ports {
  options: DomainOptions;
  background: Background;
  repairs: Repairs;
  records: Records;
  sight: Sight;
  metadata: MetadataKeeper;
  retirement: Retirement;
  moves: Moves;
  enforcer: Enforcer;
  tokens: Tokens;
  seats: Seats;
}

/** Wires the domain. What was written is told here: whoever writes a record cannot forget to. */
export function makeParts(ports: Ports, options: DomainOptions): Parts {
  const { store, media, feed, clock, seal, log } = ports;
  const background = new Background(clock, log);
  const repairs = new Repairs(log);
  const sight = new Sight(media, clock);
  const metadata = new MetadataKeeper(store, media, seal, background);
  const records = new Records(store, clock, tell);
  const retirement = new Retirement({ records, media, clock, background, repairs, log });
  const { capacity, isBlocked = () => false } = options;
  const moves = new Moves({ records, media, sight, seal, clock, background, capacity, log });
  const enforcer = new Enforcer({ records, media, clock, background, repairs, isBlocked });
  const tokens = new Tokens(media, log);
  const seats = new Seats(media, sight, clock, capacity);

  function tell(before: NestRecord | undefined, after: NestRecord): void {
    const { id: nestId, rev, status, generation, pending } = after;
    const level = isNews(before, after) ? 'info' : 'debug';
    log[level]('Stored a nest', {
      nestId,
      rev,
      status,
      generation,
      ...(pending ? { moving: pending.why } : {}),
    });
    for (const event of eventsOf(before, after, sight.lastCount(after) ?? 0)) {
      feed.publish(after.id, event, after.rev);
    }
    if (worthSealing(before, after)) metadata.touched(after);
    const known = new Set(before?.retired.map(({ generation }) => generation));
    retirement.watch(
      after,
      after.retired.filter(({ generation }) => !known.has(generation)),
    );
  }

  return {
    ...ports,
    options,
    background,
    repairs,
    records,
    sight,
    metadata,
    retirement,
    moves,
    enforcer,
    tokens,
    seats,
  };
}

/** An operator wants to read of these; hands and signs of life only when looking closely. */
function isNews(before: NestRecord | undefined, after: NestRecord): boolean {
  return (
    before?.status !== after.status ||
    before.generation !== after.generation ||
    before.pending?.generation !== after.pending?.generation ||
    before.idle !== after.idle
  );
}

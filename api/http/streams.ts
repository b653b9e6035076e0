import type { ServerResponse } from 'node:http';
import type { FeedEvent } from '@nests/protocol/api';
import { NestError } from '../nests/errors.ts';
import type { Feed } from '../nests/ports.ts';
import type { StateView } from '../nests/use-cases.ts';

/** A client this far behind (bytes not yet taken by its socket) is cut off; it comes back and gets one `state`. */
const MAX_BACKLOG = 512 * 1024;
/** Events kept for a client whose `state` is still being read. */
const MAX_WAITING = 200;
const HEARTBEAT_MS = 15_000;
const PARTICIPANTS_MS = 1000;
const HEARTBEAT = ':\n\n';

/** One open event stream. */
export interface StreamClient {
  response: ServerResponse;
  /** reads the state as this client may see it; throws when it may not */
  read: () => Promise<{ view: StateView; epoch: string }>;
}

/** What happened, as text made once for all who listen. */
interface Happening {
  event: FeedEvent;
  rev: number;
  text: string;
}

interface Client extends StreamClient {
  channel: Channel;
  /** null: connected and told everything; else what happened while its state is being read */
  waiting: Happening[] | null;
}

interface Channel {
  clients: Set<Client>;
  /** the highest revision that was told; replicas can overtake each other, and the last word has to be the newest */
  rev: number;
  /** how many are inside, as far as was told; whoever changes a record often does not know */
  count: number | undefined;
  /** the record is being read because something older came than was told */
  doubting: boolean;
  unsubscribe: () => void;
  toldParticipantsAt: number;
  participantsTimer: NodeJS.Timeout | undefined;
}

/**
 * The open event streams of this process. Every stream begins with one `state`; what happens while that is being read
 * waits for it, so nothing is missed and nothing comes twice. A frame is written once, however many listen.
 */
export class Streams {
  private readonly channels = new Map<string, Channel>();
  private readonly feed: Feed;
  private readonly now: () => number;
  private readonly heartbeat: NodeJS.Timeout;
  private epoch = '0';

  /** @param now unix ms */
  constructor(feed: Feed, now: () => number) {
    this.feed = feed;
    this.now = now;
    this.heartbeat = setInterval(() => this.beat(), HEARTBEAT_MS);
    this.heartbeat.unref();
  }

  /** How many streams are open. */
  get open(): number {
    let open = 0;
    for (const { clients } of this.channels.values()) open += clients.size;
    return open;
  }

  /**
   * Opens one stream. Resolves when its state was sent and it follows.
   * @param begin called with the state in hand, before the first byte: writes the head of the reply
   * @throws what `client.read` throws; nothing was written then
   */
  async add(nestId: string, stream: StreamClient, begin: () => void): Promise<void> {
    const channel = this.channel(nestId);
    const client: Client = { ...stream, channel, waiting: [] };
    channel.clients.add(client);
    stream.response.on('close', () => this.remove(nestId, channel, client));
    try {
      await this.tellState(client, begin);
    } catch (error) {
      this.remove(nestId, channel, client);
      throw error;
    }
  }

  /** Ends every stream; the process is stopping. */
  close(): void {
    clearInterval(this.heartbeat);
    for (const { clients, participantsTimer } of this.channels.values()) {
      clearTimeout(participantsTimer);
      for (const { response } of clients) response.end();
    }
  }

  private channel(nestId: string): Channel {
    const known = this.channels.get(nestId);
    if (known) return known;
    const channel: Channel = {
      clients: new Set(),
      rev: 0,
      count: undefined,
      doubting: false,
      unsubscribe: this.feed.subscribe(nestId, (event, rev) => this.happened(channel, event, rev)),
      toldParticipantsAt: -Infinity,
      participantsTimer: undefined,
    };
    this.channels.set(nestId, channel);
    return channel;
  }

  private remove(nestId: string, channel: Channel, client: Client): void {
    channel.clients.delete(client);
    if (channel.clients.size > 0 || this.channels.get(nestId) !== channel) return;
    clearTimeout(channel.participantsTimer);
    channel.unsubscribe();
    this.channels.delete(nestId);
  }

  private async tellState(client: Client, begin?: () => void): Promise<void> {
    const { view, epoch } = await client.read();
    const { channel } = client;
    begin?.();
    this.epoch = epoch;
    channel.rev = Math.max(channel.rev, view.rev);
    channel.count ??= view.state.participantCount;
    const state = begin ? view.state : { ...view.state, participantCount: channel.count };
    this.write(client, happening({ type: 'state', ...state }, view.rev));
    const waiting = client.waiting ?? [];
    client.waiting = null;
    for (const waited of waiting) {
      if (waited.rev > view.rev || waited.event.type === 'moved') this.tell(client, waited);
    }
  }

  private happened(channel: Channel, told: FeedEvent, rev: number): void {
    if (isAboutRecord(told)) {
      if (rev < channel.rev) {
        void this.doubt(channel, happening(told, rev));
        return;
      }
      channel.rev = rev;
    }
    const event = withCount(told, channel.count);
    const happened = happening(event, rev);
    if (event.type !== 'participants') {
      if (event.type === 'state') clearTimeout(channel.participantsTimer); // it has the count that was held back
      for (const client of channel.clients) this.tell(client, happened);
      return;
    }
    clearTimeout(channel.participantsTimer);
    channel.count = event.participantCount;
    const tellAll = (): void => {
      channel.toldParticipantsAt = this.now();
      for (const client of channel.clients) this.tell(client, happened);
    };
    const wait = channel.toldParticipantsAt + PARTICIPANTS_MS - this.now();
    if (wait <= 0) tellAll();
    else channel.participantsTimer = setTimeout(tellAll, wait).unref();
  }

  /**
   * Something older came than was told: another replica was slow to tell it, or the record was lost and is back from an
   * older copy. The record says which.
   */
  private async doubt(channel: Channel, old: Happening): Promise<void> {
    const [client] = channel.clients;
    if (channel.doubting || !client) return;
    channel.doubting = true;
    const highest = channel.rev;
    try {
      const { view, epoch } = await client.read();
      if (channel.rev !== highest || view.rev >= highest) return;
      this.epoch = epoch;
      channel.rev = view.rev;
      this.happened(channel, { type: 'state', ...view.state }, view.rev);
    } catch (error) {
      if (!(error instanceof NestError) || !['ended', 'invite_only'].includes(error.code)) return;
      for (const each of channel.clients) this.tellAnew(each, [old]);
    } finally {
      channel.doubting = false;
    }
  }

  private tell(client: Client, happened: Happening): void {
    const { event } = happened;
    if (client.waiting !== null) {
      client.waiting.push(happened);
      if (client.waiting.length > MAX_WAITING) client.response.destroy();
      return;
    }
    if (event.type === 'state' && event.access === 'invite') {
      // Whether this client may still listen is for the record to say, each time it changes.
      this.tellAnew(client, []);
      return;
    }
    this.write(client, happened);
    // Not after `moved`: anybody can make a nest in place of a missing one, and clients follow their host alone.
    if (event.type === 'ended') client.response.end();
  }

  /** Lets the record say what this client may know. */
  private tellAnew(client: Client, happened: Happening[]): void {
    if (client.waiting !== null) return;
    client.waiting = happened;
    this.tellState(client).catch(() => this.sayGoodbye(client));
  }

  /** The record admits this client no longer; where the nest is over, it may still hear that. */
  private sayGoodbye(client: Client): void {
    const last = client.waiting?.find(({ event }) => isLast(event));
    if (last) this.write(client, last);
    client.response.end();
  }

  private write(client: Client, { rev, text }: Happening): void {
    write(client, `id: ${this.epoch}.${rev}\n${text}`);
  }

  private beat(): void {
    for (const { clients } of this.channels.values()) {
      for (const client of clients) if (client.waiting === null) write(client, HEARTBEAT);
    }
  }
}

function isLast({ type }: FeedEvent): boolean {
  return type === 'ended' || type === 'moved';
}

/** What the record says of itself, in the order of its revisions. */
function isAboutRecord({ type }: FeedEvent): boolean {
  return type === 'state' || type === 'restarted' || type === 'ended';
}

/** How many are inside is told by whoever looks, not by whoever changes the record. */
function withCount(event: FeedEvent, count: number | undefined): FeedEvent {
  if (event.type !== 'state' || event.status !== 'active' || count === undefined) return event;
  return { ...event, participantCount: count };
}

function happening(event: FeedEvent, rev: number): Happening {
  return { event, rev, text: `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n` };
}

function write({ response }: Client, text: string): void {
  if (response.writableEnded || response.destroyed) return;
  response.write(text);
  if (response.writableLength > MAX_BACKLOG) response.destroy();
}

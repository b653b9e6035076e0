import type { ServerResponse } from 'node:http';
import type { FeedEvent } from '@nests/protocol/api';
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
  /** null: connected and told everything; else what happened while its state is being read */
  waiting: Happening[] | null;
}

interface Channel {
  clients: Set<Client>;
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
    const client: Client = { ...stream, waiting: [] };
    const channel = this.channel(nestId);
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
    begin?.();
    this.epoch = epoch;
    this.write(client, happening({ type: 'state', ...view.state }, view.rev));
    const waiting = client.waiting ?? [];
    client.waiting = null;
    for (const waited of waiting) {
      if (waited.rev > view.rev) this.tell(client, waited);
    }
  }

  private happened(channel: Channel, event: FeedEvent, rev: number): void {
    const happened = happening(event, rev);
    clearTimeout(channel.participantsTimer); // what comes now says more than what was held back
    if (event.type !== 'participants') {
      for (const client of channel.clients) this.tell(client, happened);
      return;
    }
    const tellAll = (): void => {
      channel.toldParticipantsAt = this.now();
      for (const client of channel.clients) this.tell(client, happened);
    };
    const wait = channel.toldParticipantsAt + PARTICIPANTS_MS - this.now();
    if (wait <= 0) tellAll();
    else channel.participantsTimer = setTimeout(tellAll, wait).unref();
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
      client.waiting = [];
      this.tellState(client).catch(() => this.sayGoodbye(client));
      return;
    }
    this.write(client, happened);
    if (isLast(event)) client.response.end();
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

function happening(event: FeedEvent, rev: number): Happening {
  return { event, rev, text: `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n` };
}

function write({ response }: Client, text: string): void {
  if (response.writableEnded || response.destroyed) return;
  response.write(text);
  if (response.writableLength > MAX_BACKLOG) response.destroy();
}

import { Agent, get, type IncomingMessage } from 'node:http';
import { joinPath } from './signed.ts';

/** Streams that are opened side by side. */
const SIDE_BY_SIDE = 50;

/** Event streams of many nests, held open. It counts what comes, so that streams which are silent or gone are found. */
export class EventStreams {
  private readonly port: number;
  private readonly agent = new Agent({ keepAlive: false });
  private readonly streams: Stream[] = [];

  private constructor(port: number) {
    this.port = port;
  }

  /**
   * Opens one stream of each nest; resolves when each has told its nest's state.
   * @throws Error when one is refused or ends before that
   */
  static async open(port: number, nests: string[]): Promise<EventStreams> {
    const streams = new EventStreams(port);
    const queue = nests.values();
    const worker = async (): Promise<void> => {
      for (const nest of queue) await streams.add(nest);
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
    return streams;
  }

  /** What all streams got so far, and how many are still open. */
  count(): StreamCounts {
    const sum = { open: 0, states: 0, keepAlives: 0, events: 0 };
    for (const { isOpen, counts } of this.streams) {
      sum.open += isOpen ? 1 : 0;
      sum.states += counts.states;
      sum.keepAlives += counts.keepAlives;
      sum.events += counts.events;
    }
    return sum;
  }

  /** How many streams got nothing since they told their nest's state. */
  silent(): number {
    return this.streams.filter(({ counts }) => counts.keepAlives + counts.events + counts.states < 2).length;
  }

  /** Ends all streams. */
  close(): void {
    this.agent.destroy();
    for (const { response } of this.streams) response.destroy();
  }

  private add(nest: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const path = `${joinPath(nest)}/events`;
      const request = get({ port: this.port, host: '127.0.0.1', path, agent: this.agent }, (response) => {
        if (response.statusCode !== 200)
          reject(new Error(`an event stream answered ${response.statusCode ?? 0}`));
        const stream: Stream = {
          response,
          isOpen: true,
          counts: { states: 0, keepAlives: 0, events: 0 },
          rest: '',
        };
        this.streams.push(stream);
        response.setEncoding('utf8').on('data', (part: string) => {
          take(stream, part);
          if (stream.counts.states > 0) resolve();
        });
        response.on('error', () => undefined); // told by the close that follows
        response.on('close', () => {
          stream.isOpen = false;
          reject(new Error('an event stream ended before it told the state'));
        });
      });
      request.on('error', reject);
    });
  }
}

/** What event streams got. */
export interface StreamCounts {
  open: number;
  states: number;
  keepAlives: number;
  /** other than states */
  events: number;
}

interface Stream {
  response: IncomingMessage;
  isOpen: boolean;
  counts: Omit<StreamCounts, 'open'>;
  /** the beginning of a line whose end has not come yet */
  rest: string;
}

function take(stream: Stream, part: string): void {
  const lines = (stream.rest + part).split('\n');
  stream.rest = lines.pop() ?? '';
  for (const line of lines) {
    if (line === 'event: state') stream.counts.states += 1;
    else if (line.startsWith('event: ')) stream.counts.events += 1;
    else if (line.startsWith(':')) stream.counts.keepAlives += 1;
  }
}

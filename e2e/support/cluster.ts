import { writeFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { RoomServiceClient, type ParticipantInfo } from 'livekit-server-sdk';
import { MANY_PORTS, readCompose } from '../../deploy/testing/compose.ts';
import { hasProgram, Host, livekitProgram, run } from '../../deploy/testing/host.ts';
import { call } from './keyholder.ts';

/** Two replicas of the API on one Redis. */
export const REPLICAS = ['nests-api', 'nests-api-2'] as const;
/** The nodes of LiveKit, on the same Redis. */
export const NODES = ['livekit', 'livekit-2'] as const;

export type Replica = (typeof REPLICAS)[number];

const START_MS = 300_000;

/** What `GET /:id/info` says, as far as the tests look at it. */
export interface Info {
  generation: number;
  participantCount: number;
  host: string;
  speakers: string[];
}

/** Whether this machine has all that a cluster is made of. */
function canPlay(): boolean {
  return (
    livekitProgram() !== null && ['redis-server', 'redis-cli', 'caddy', 'curl', 'bash'].every(hasProgram)
  );
}

/** The deployment on many nodes, as its Compose files describe it, played on this machine. */
export class Cluster {
  private constructor(private readonly host: Host) {}

  /** Builds what is to run and starts all of it. */
  static async start(): Promise<Cluster> {
    if (!canPlay())
      throw new Error('LiveKit, Redis, Caddy or curl is not here; `npm test` would have installed it');
    const built = await run([process.execPath, 'standalone/start.js', '--prepare']);
    if (built.code !== 0) throw new Error(built.output);
    const host = await Host.prepare(readCompose(['compose.yaml', 'compose.many.yaml']), MANY_PORTS);
    const cluster = new Cluster(host);
    try {
      for (const service of ['relay', ...NODES, ...REPLICAS]) await host.start(service);
    } catch (error) {
      await host.stop();
      throw error;
    }
    return cluster;
  }

  /** Where people find it: the proxy. */
  get url(): string {
    return `http://localhost:${this.host.port('proxy', 5544)}`;
  }

  /** One replica itself, past the proxy. */
  replicaUrl(replica: Replica): string {
    return `http://127.0.0.1:${this.host.port(replica, 5544)}`;
  }

  /** What each replica itself says of a nest, in the order of their names. */
  async infos(nestId: string): Promise<Info[]> {
    return Promise.all(REPLICAS.map((replica) => this.info(nestId, replica)));
  }

  /** What one replica says of a nest; rejects unless it answers 200. */
  async info(nestId: string, replica: Replica): Promise<Info> {
    const { status, body } = await call('GET', `${this.replicaUrl(replica)}/api/v1/nests/${nestId}/info`);
    if (status !== 200) throw new Error(`${replica} answers ${status}`);
    return body as unknown as Info;
  }

  /** The lines of a service's log with this text in them. */
  said(service: string, text: string): string[] {
    return this.host
      .output(service)
      .split('\n')
      .filter((line) => line.includes(text));
  }

  /** Ends services as a crash does, all at the same moment; answers the processes they were. */
  async kill(...services: string[]): Promise<(number | undefined)[]> {
    const pids = services.map((service) => this.host.pid(service));
    await Promise.all(services.map((service) => this.host.kill(service)));
    for (const pid of pids) expect(isRunning(pid), `process ${pid ?? '?'} has ended`).toBe(false);
    return pids;
  }

  /** Starts services that were killed; they are other processes then. */
  async startAgain(...services: string[]): Promise<void> {
    await Promise.all(services.map((service) => this.host.start(service)));
  }

  /** The process of a service. */
  pid(service: string): number | undefined {
    return this.host.pid(service);
  }

  /** A command to the Redis that everything shares. */
  async redis(...words: string[]): Promise<string> {
    const { code, output } = await run(['redis-cli', '-p', String(this.host.port('redis', 6379)), ...words]);
    if (code !== 0) throw new Error(output);
    return output.trim();
  }

  /** LiveKit, by any node that answers. */
  get livekit(): RoomServiceClient {
    const url = `http://127.0.0.1:${this.host.port('proxy', 7880)}`;
    return new RoomServiceClient(url, 'nests', this.host.secret('livekit_secret'));
  }

  /** Who is in a room, told by the node that holds it; nobody where there is no such room. */
  async inside(room: string): Promise<ParticipantInfo[]> {
    return this.livekit.listParticipants(room).catch(() => []);
  }

  /** The nodes on which somebody has ever been in a room, by what the nodes have logged; more than one is a split. */
  nodesOf(room: string): string[] {
    return NODES.filter((node) =>
      this.said(node, `"${room}"`).some((line) => line.includes('"participant active"')),
    );
  }

  /** After a failure: writes what each service has printed into a file of its own. */
  keepOutput(file: (service: string) => string): void {
    for (const service of Object.keys(MANY_PORTS)) writeFileSync(file(service), this.host.output(service));
  }

  /** Stops everything and forgets its data. */
  async stop(): Promise<void> {
    await this.host.stop();
  }
}

function isRunning(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** One cluster for all tests of a file. Call it at the file's top; the function it returns gives the cluster to a test. */
export function clusterForThisFile(): () => Cluster {
  let cluster: Cluster | null = null;
  test.beforeAll(async () => {
    test.setTimeout(START_MS);
    cluster = await Cluster.start();
  });
  // Playwright wants the first argument taken apart, also where nothing is taken from it.
  // eslint-disable-next-line no-empty-pattern
  test.afterEach(({}, info) => {
    if (info.status !== info.expectedStatus)
      cluster?.keepOutput((service) => info.outputPath(`${service}.log`));
  });
  test.afterAll(() => cluster?.stop());
  return () => {
    if (!cluster) throw new Error('the cluster is there during tests only');
    return cluster;
  };
}

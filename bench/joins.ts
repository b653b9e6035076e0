/**
 * Signed joins, guest joins and room info: Nests beside the reference server, in one run, each on the same core (TARGETS P4, P5).
 * Run with `npm run bench`. Prints ratios; changes nothing.
 */
import { closedLoop, type Measured } from './load/closed-loop.ts';
import { Connection } from './load/connection.ts';
import {
  endAll,
  type Running,
  startLiveKit,
  startNests,
  startRedis,
  startReference,
} from './load/servers.ts';
import { getRequest, newSigner } from './load/signed.ts';

const CONNECTIONS = 32;
const SIGNED = Number(process.env['BENCH_SIGNED'] ?? 12_000);
const PLAIN = Number(process.env['BENCH_PLAIN'] ?? 40_000);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const PEOPLE = 50;

/** Opens a nest at a server; both understand the same request. */
async function openNest(server: Running): Promise<string> {
  const host = newSigner();
  const body = JSON.stringify({ relays: ['wss://relay.example.com'], hls_stream: false });
  const path = '/api/v1/nests';
  const authorization = await host.header('PUT', `http://localhost:${server.port}${path}`, body);
  const connection = await Connection.open(server.port);
  const answer = await connection.send(
    `PUT ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  connection.close();
  if (answer.status !== 200) throw new Error(`create answered ${answer.status}: ${answer.body}`);
  return (JSON.parse(answer.body) as { roomId: string }).roomId;
}

async function signedJoins(server: Running, nest: string): Promise<string[]> {
  const people = Array.from({ length: PEOPLE }, newSigner);
  const path = `/api/v1/nests/${nest}`;
  const url = `http://localhost:${server.port}${path}`;
  return Promise.all(
    Array.from({ length: SIGNED }, async (_, index) => {
      const person = people[index % PEOPLE] ?? newSigner();
      return getRequest(path, await person.header('GET', url));
    }),
  );
}

const plain = (path: string): string[] => Array.from<string>({ length: PLAIN }).fill(getRequest(path));

interface Kind {
  name: string;
  target: number;
  requests: (server: Running, nest: string) => Promise<string[]>;
}

const KINDS: Kind[] = [
  { name: 'signed join', target: 6, requests: signedJoins },
  { name: 'guest join', target: 6, requests: async (_, nest) => plain(`/api/v1/nests/${nest}/guest`) },
  { name: 'room info', target: 6, requests: async (_, nest) => plain(`/api/v1/nests/${nest}/info`) },
];

const best = (rounds: Measured[]): Measured =>
  rounds.reduce((a, b) => (a.requestsPerSecond >= b.requestsPerSecond ? a : b));

try {
  const redis = await startRedis();
  const livekit = await startLiveKit();
  const nests = await startNests(livekit, redis);
  const reference = await startReference(redis);
  const servers = [
    { server: nests, nest: await openNest(nests) },
    { server: reference, nest: await openNest(reference) },
  ];
  for (const kind of KINDS) {
    const found: Measured[][] = [[], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [index, { server, nest }] of servers.entries()) {
        found[index]?.push(await closedLoop(server.port, await kind.requests(server, nest), CONNECTIONS));
      }
    }
    const [ours, theirs] = found.map(best);
    if (ours === undefined || theirs === undefined) throw new Error('nothing was measured');
    const ratio = ours.requestsPerSecond / theirs.requestsPerSecond;
    console.log(
      `${kind.name}: Nests ${ours.requestsPerSecond.toFixed(0)}/s (p99 ${ours.p99.toFixed(1)} ms), ` +
        `reference ${theirs.requestsPerSecond.toFixed(0)}/s (p99 ${theirs.p99.toFixed(1)} ms): ` +
        `${ratio.toFixed(2)} times, target ${kind.target}`,
    );
  }
  for (const part of [nests, reference, livekit, redis]) await part.stop();
} finally {
  endAll();
}

import { Connection } from './connection.ts';
import { Signer } from './signed.ts';

/** A nest that was opened for a measurement. */
export interface OpenNest {
  id: string;
  /** hex pubkey of its host */
  host: string;
}

/**
 * Opens a nest at a server; Nests and the founding reference understand the same request.
 * @throws Error when it is refused
 */
export async function openNest(port: number): Promise<OpenNest> {
  const host = new Signer();
  const body = JSON.stringify({ relays: ['wss://relay.example.com'], hls_stream: false });
  const path = '/api/v1/nests';
  const authorization = await host.header('PUT', `http://localhost:${port}${path}`, { body });
  const connection = await Connection.open(port);
  const answer = await connection.send(
    `PUT ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  connection.close();
  if (answer.status !== 200) throw new Error(`create answered ${answer.status}: ${answer.body}`);
  return { id: (JSON.parse(answer.body) as { roomId: string }).roomId, host: host.pubkey };
}

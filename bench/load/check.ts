import { Connection, type Answer } from './connection.ts';
import type { OpenNest } from './nest.ts';
import { getRequest, joinPath, Signer } from './signed.ts';

/** Longer ago, in ms, than any server may accept. */
const STALE_MS = 180_000;

/**
 * Makes sure that a server does the work it is measured by: it lets a signed join in with a token, and refuses every one that is
 * not right.
 * @throws Error naming what the server did instead
 */
export async function checkJoins(name: string, port: number, nest: string): Promise<void> {
  const path = joinPath(nest);
  const url = `http://localhost:${port}${path}`;
  const person = new Signer();
  const right = await person.header('GET', url);
  const refused: Record<string, string | undefined> = {
    'no authorization': undefined,
    'a forged signature': changed(right, (event) => ({ ...event, sig: flipped(event['sig']) })),
    'a signature of somebody else': changed(right, (event) => ({ ...event, pubkey: new Signer().pubkey })),
    'a stale event': await person.header('GET', url, { at: Date.now() - STALE_MS }),
    'an event for another address': await person.header('GET', `${url}-other`),
    'an event for another method': await person.header('POST', url),
  };
  const connection = await Connection.open(port);
  for (const [what, authorization] of Object.entries(refused)) {
    const { status } = await connection.send(getRequest(path, authorization));
    if (status !== 401) throw new Error(`${name} answered ${status} to ${what}`);
  }
  demandToken(`${name}, signed join`, await connection.send(getRequest(path, right)));
  connection.close();
}

/**
 * Makes sure that a server gives guests a token and says of a nest who is who.
 * @throws Error naming what is missing
 */
export async function checkOpenDoors(name: string, port: number, nest: OpenNest): Promise<void> {
  const connection = await Connection.open(port);
  demandToken(`${name}, guest`, await connection.send(getRequest(`${joinPath(nest.id)}/guest`)));
  const answer = await connection.send(getRequest(`${joinPath(nest.id)}/info`));
  connection.close();
  const info = bodyOf(`${name}, info`, answer);
  const lists = [info['speakers'], info['admins']];
  const isRight = info['host'] === nest.host && lists.every((list) => isListWith(list, nest.host));
  if (!isRight) throw new Error(`${name}, info: not what the nest is: ${answer.body}`);
}

function demandToken(what: string, answer: Answer): void {
  const { token } = bodyOf(what, answer);
  const parts = typeof token === 'string' ? token.split('.') : [];
  const [header, claims] = parts.slice(0, 2).map(decoded);
  const expires = claims?.['exp'];
  const isToken =
    parts.length === 3 &&
    typeof header?.['alg'] === 'string' &&
    typeof expires === 'number' &&
    expires > Date.now() / 1000;
  if (!isToken) throw new Error(`${what}: the answer has no token: ${answer.body.slice(0, 200)}`);
}

function bodyOf(what: string, { status, body }: Answer): Record<string, unknown> {
  const value = status === 200 ? objectIn(body) : undefined;
  if (value === undefined) throw new Error(`${what} answered ${status}: ${body.slice(0, 200)}`);
  return value;
}

function decoded(part: string): Record<string, unknown> | undefined {
  return objectIn(Buffer.from(part, 'base64url').toString());
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function isListWith(list: unknown, wanted: string): boolean {
  return Array.isArray(list) && list.includes(wanted);
}

/** The header with its event changed after it was signed. */
function changed(
  header: string,
  change: (event: Record<string, unknown>) => Record<string, unknown>,
): string {
  const event = objectIn(Buffer.from(header.slice('Nostr '.length), 'base64').toString()) ?? {};
  return `Nostr ${Buffer.from(JSON.stringify(change(event))).toString('base64')}`;
}

/** Another hex text of the same length. */
function flipped(hex: unknown): string {
  const text = String(hex);
  return (text.startsWith('0') ? '1' : '0') + text.slice(1);
}

import { FilterError, parseFilter, type Filter } from './filters.ts';
import type { Limits } from './limits.ts';

/** What a client said (NIP-01, NIP-42). Events are still unproven input. */
export type ClientMessage =
  | { type: 'EVENT'; event: unknown }
  | { type: 'REQ'; subscription: string; filters: Filter[] }
  | { type: 'CLOSE'; subscription: string }
  | { type: 'AUTH'; event: unknown };

/** A message that could not be understood; `reply` is what the client is told, `closed` the subscription it closes. */
export class MessageError extends Error {
  constructor(
    readonly reply: string,
    readonly closed?: string,
  ) {
    super(reply);
  }
}

/** The standard prefixes of OK and CLOSED (NIP-01, NIP-42): what a program can act on. */
export type Prefix =
  'duplicate' | 'blocked' | 'rate-limited' | 'invalid' | 'restricted' | 'auth-required' | 'error';

const SUBSCRIPTION_CHARACTERS = 64;

/**
 * Reads one text message.
 * @throws {MessageError} with the NOTICE or CLOSED to send back
 */
export function parseMessage(text: string, limits: Limits): ClientMessage {
  const parts = parseArray(text);
  const [verb, first] = parts;
  switch (verb) {
    case 'EVENT':
    case 'AUTH':
      if (parts.length < 2) throw new MessageError(notice('invalid', `${verb} needs an event`));
      return { type: verb, event: first };
    case 'REQ':
      return parseRequest(parts, limits);
    case 'CLOSE':
      return { type: 'CLOSE', subscription: subscriptionId(first) };
    default:
      throw new MessageError(notice('invalid', 'unknown message; EVENT, REQ, CLOSE and AUTH are understood'));
  }
}

function parseArray(text: string): unknown[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new MessageError(notice('invalid', 'not JSON'));
  }
  if (!Array.isArray(parsed)) throw new MessageError(notice('invalid', 'a message is a JSON array'));
  return parsed;
}

function parseRequest(parts: unknown[], limits: Limits): ClientMessage {
  const subscription = subscriptionId(parts[1]);
  const given = parts.slice(2);
  const fault = (reason: string): MessageError =>
    new MessageError(closed(subscription, 'invalid', reason), subscription);
  if (given.length === 0) throw fault('REQ needs a filter');
  if (given.length > limits.filtersPerRequest) {
    throw fault(`at most ${limits.filtersPerRequest} filters in one REQ`);
  }
  try {
    return { type: 'REQ', subscription, filters: given.map((filter) => parseFilter(filter, limits)) };
  } catch (error) {
    throw error instanceof FilterError ? fault(error.message) : error;
  }
}

function subscriptionId(value: unknown): string {
  if (typeof value !== 'string' || value === '' || value.length > SUBSCRIPTION_CHARACTERS) {
    const rule = `a subscription id is a string of 1 to ${SUBSCRIPTION_CHARACTERS} characters`;
    throw new MessageError(notice('invalid', rule));
  }
  return value;
}

/** `["EVENT", <subscription>, <event>]`; the event comes as JSON, so that one encoding serves every listener. */
export function eventMessage(subscription: string, eventJson: string): string {
  return `["EVENT",${JSON.stringify(subscription)},${eventJson}]`;
}

/** `["OK", <id>, <accepted>, <reason>]` */
export function ok(id: string, accepted: boolean, prefix?: Prefix, reason = ''): string {
  return JSON.stringify(['OK', id, accepted, prefix ? `${prefix}: ${reason}` : '']);
}

/** `["EOSE", <subscription>]`: everything stored has been sent. */
export function eose(subscription: string): string {
  return JSON.stringify(['EOSE', subscription]);
}

/** `["CLOSED", <subscription>, <reason>]` */
export function closed(subscription: string, prefix: Prefix, reason: string): string {
  return JSON.stringify(['CLOSED', subscription, `${prefix}: ${reason}`]);
}

/** `["NOTICE", <words>]` */
export function notice(prefix: Prefix, reason: string): string {
  return JSON.stringify(['NOTICE', `${prefix}: ${reason}`]);
}

/** `["AUTH", <challenge>]` */
export function authChallenge(challenge: string): string {
  return JSON.stringify(['AUTH', challenge]);
}

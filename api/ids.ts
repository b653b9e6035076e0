import { randomBytes, randomUUID } from 'node:crypto';
import type { Ids } from './nests/ports.ts';

/** Names out of the operating system's randomness: UUIDs of version 4, and 96 bits as 16 URL-safe characters. */
export const randomIds: Ids = {
  uuid: () => randomUUID(),
  random: () => randomBytes(12).toString('base64url'),
};

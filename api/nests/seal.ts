import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Seal } from './ports.ts';
import type { NestRecord } from './record.ts';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** More than the largest honest record; a bomb stops here. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Seals records into room metadata: JSON `{rev, sealed}`, where `sealed` is the deflated record under AES-256-GCM, bound
 * to `rev`. Everybody in the room is sent it, nobody can read or change it.
 * @param secrets NESTS_SECRET: the first seals, all open
 */
export function makeSeal(secrets: readonly [string, ...string[]]): Seal {
  const keys = secrets.map(keyOf);
  const [first = keyOf(secrets[0])] = keys;
  return {
    close(record) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(CIPHER, first, iv).setAAD(boundTo(record.rev));
      const packed = deflateRawSync(JSON.stringify(record));
      const sealed = Buffer.concat([iv, cipher.update(packed), cipher.final(), cipher.getAuthTag()]);
      return JSON.stringify({ rev: record.rev, sealed: sealed.toString('base64url') });
    },
    open(metadata) {
      const parsed = parse(metadata);
      if (!parsed) return null;
      const sealed = Buffer.from(parsed.sealed, 'base64url');
      for (const key of keys) {
        const packed = decrypt(key, sealed, parsed.rev);
        if (packed) return unpack(packed, parsed.rev);
      }
      return null;
    },
  };
}

function keyOf(secret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', 'nests room metadata 1', 32));
}

function boundTo(rev: number): Buffer {
  return Buffer.from(`nests:${rev}`);
}

function parse(metadata: string): { rev: number; sealed: string } | null {
  try {
    const parsed = JSON.parse(metadata) as { rev?: unknown; sealed?: unknown } | null;
    if (typeof parsed?.rev !== 'number' || typeof parsed.sealed !== 'string') return null;
    return { rev: parsed.rev, sealed: parsed.sealed };
  } catch {
    return null;
  }
}

function decrypt(key: Buffer, sealed: Buffer, rev: number): Buffer | null {
  if (sealed.length < IV_BYTES + TAG_BYTES) return null;
  try {
    const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(boundTo(rev)).setAuthTag(sealed.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    return null;
  }
}

/** Only we could have sealed it, so its shape is ours too. */
function unpack(packed: Buffer, rev: number): NestRecord | null {
  try {
    const record = JSON.parse(
      inflateRawSync(packed, { maxOutputLength: MOST_BYTES }).toString(),
    ) as NestRecord | null;
    return record?.rev === rev && typeof record.id === 'string' ? record : null;
  } catch {
    return null;
  }
}

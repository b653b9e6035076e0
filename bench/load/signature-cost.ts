/**
 * Prints what one signature check of the API costs its thread, in µs of processor time, over many distinct events. A process of its
 * own, so that it runs on the core on which the API is measured. Its one word is how many to check.
 */
import { verifyEvent } from '../../api/verify.ts';
import { mainThreadTime } from './processes.ts';
import { Signer } from './signed.ts';

const count = Number(process.argv[2]);
const signer = new Signer();

/** Processor time of this many checks, µs each. */
async function costOf(checks: number): Promise<number> {
  const events = Array.from({ length: checks }, (_, index) =>
    signer.sign({
      kind: 27_235,
      created_at: Math.floor(Date.now() / 1000),
      tags: [
        ['u', 'http://localhost:5544/api/v1/nests/00000000-0000-4000-8000-000000000000'],
        ['method', 'GET'],
        ['nonce', `${checks}.${index}`],
      ],
      content: '',
    }),
  );
  const before = await mainThreadTime(process.pid);
  const areRight = events.every((event) => verifyEvent(event));
  const after = await mainThreadTime(process.pid);
  if (!areRight) throw new Error('a right signature was refused');
  return (after - before) / checks;
}

await costOf(Math.ceil(count / 4)); // the engine has compiled it for speed after that
console.log(String(await costOf(count)));

/** Encrypting a key (NIP-49) is slow on purpose; in the browser it happens in a worker. */

/** What the worker is asked to do; secrets in hex. */
export type KeyTask =
  | { task: 'encrypt'; secret: string; password: string }
  | { task: 'decrypt'; ncryptsec: string; password: string };

/** Does the task in a worker of its own, or here where there are none. Null = it cannot be done (wrong password). */
export async function askKeyWorker(task: KeyTask): Promise<string | null> {
  if (typeof Worker === 'undefined') return (await import('./key-crypto.ts')).doKeyTask(task);
  const worker = new Worker(new URL('./key.worker.ts', import.meta.url), { type: 'module' });
  try {
    return await new Promise<string | null>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<string | null>) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(`The key worker failed: ${message}`));
      worker.postMessage(task);
    });
  } finally {
    worker.terminate();
  }
}

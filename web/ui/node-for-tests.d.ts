/** The one thing of Node that tests in web/ need. The app itself is typed without Node on purpose. */
declare module 'node:fs' {
  export function readFileSync(path: URL, encoding: 'utf8'): string;
}

#!/usr/bin/env node
/** `npm run build`: everything that is run, from its sources; for images, where packages are there and nothing starts. */
import { build } from '../standalone/build.js';
import { ROOT } from '../standalone/paths.js';
import { messageOf } from '../standalone/sentence.js';

try {
  const built = await build(ROOT, { say: (doing) => console.log(doing) });
  if (built.length === 0) console.log('everything is built already');
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}

#!/usr/bin/env node
/**
 * `npm start`: all of Nests on this machine. This file only checks the Node it runs on and hands over; it is kept to
 * syntax that old Nodes can read, so that they can still be told in one sentence that they are too old.
 */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const newEnough = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;

if (newEnough) {
  void import('./main.js').then(({ main }) => main(process.argv.slice(2))).then((code) => process.exit(code));
} else {
  console.error(
    `Nests needs Node 20.19 or newer (of the 22 line, 22.12 or newer); this is Node ${process.versions.node}.`,
  );
  process.exit(1);
}

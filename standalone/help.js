import { OPTIONS } from './arguments.js';
import { allSettings } from './settings.js';

const WIDTH = 100;

/**
 * @param {string} text
 * @param {string} indent before every line
 * @returns {string} the text in lines of at most WIDTH characters
 */
function wrap(text, indent) {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && indent.length + line.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.map((line) => `${indent}${line}`).join('\n');
}

/**
 * What `npm start -- --help` prints.
 * @returns {string} every option and every setting with its default and meaning
 */
export function help() {
  const options = OPTIONS.map(({ name, meaning }) => `  ${name.padEnd(12)}${meaning}`);
  const settings = Object.entries(allSettings()).map(
    ([name, setting]) => `  ${name}   (${setting.default})\n${wrap(setting.why, '      ')}`,
  );
  return [
    'npm start [-- options]: all of Nests on this machine. npm run dev: the same, reloading on change.',
    '',
    'Options',
    ...options,
    '',
    'Settings are environment variables, shown with their defaults; <NAME>_FILE names a file to read one from.',
    ...settings,
  ].join('\n');
}

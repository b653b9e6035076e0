/**
 * @typedef {object} Piece something that a document says in code, or links to
 * @property {number} line where, counted from 1
 * @property {string} text what
 *
 * @typedef {object} Markdown what a document names
 * @property {Piece[]} code every code span, and every line of every code block
 * @property {Piece[]} links every address that is linked to
 * @property {Set<string>} anchors the names of its headings, as addresses use them
 */

const FENCE = /^\s*(```|~~~)/;
const SPAN = /(`+)([^`]|[^`].*?[^`])\1(?!`)/g;
const LINK = /\]\(<?([^()\s>]+(?:\([^()\s]*\)[^()\s>]*)?)>?(?:\s+"[^"]*")?\)/g;
const REFERENCE = /^\[[^\]]+\]:\s*(\S+)/;

/**
 * Reads what a document names.
 * @param {string} text Markdown
 * @returns {Markdown}
 */
export function readMarkdown(text) {
  /** @type {Markdown} */
  const found = { code: [], links: [], anchors: new Set() };
  let fence = '';
  for (const [index, content] of text.split('\n').entries()) {
    const line = index + 1;
    const mark = FENCE.exec(content)?.[1] ?? '';
    if (mark !== '' && (fence === '' || fence === mark)) {
      fence = fence === '' ? mark : '';
    } else if (fence !== '') {
      found.code.push({ line, text: content });
    } else {
      for (const [, , code = ''] of content.matchAll(SPAN)) found.code.push({ line, text: code.trim() });
      const prose = content.replace(SPAN, '');
      for (const [, address = ''] of prose.matchAll(LINK)) found.links.push({ line, text: address });
      const reference = REFERENCE.exec(prose)?.[1];
      if (reference !== undefined) found.links.push({ line, text: reference });
      const heading = /^#{1,6}\s+(.*)$/.exec(content)?.[1];
      if (heading !== undefined) found.anchors.add(anchorOf(heading, found.anchors));
    }
  }
  return found;
}

/**
 * @param {string} heading
 * @param {Set<string>} taken
 */
function anchorOf(heading, taken) {
  const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
  const name = words
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
  let unique = name;
  for (let count = 1; taken.has(unique); count += 1) unique = `${name}-${count}`;
  return unique;
}

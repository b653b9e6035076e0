import { decodeNpub } from '@nests/protocol/address';

/** A piece of a message. Nothing of it is ever put into the page as HTML, and nothing is loaded before a click. */
export type Piece =
  | { type: 'text'; text: string }
  | { type: 'link'; text: string; href: string }
  | { type: 'picture'; text: string; href: string }
  | { type: 'mention'; text: string; pubkey: string };

const INTERESTING = /https:\/\/[^\s<>"]+|nostr:npub1[02-9ac-hj-np-z]{58}/gi;
const PICTURE = /\.(?:apng|avif|gif|jpe?g|png|webp)$/i;

const countOf = (text: string, char: string) => text.split(char).length - 1;

/** Takes punctuation off the end that belongs to the sentence, not to the address; a bracket stays when it was opened inside. */
function trimAddress(found: string): string {
  let end = found.length;
  let unopened = countOf(found, ')') - countOf(found, '(');
  while (/[.,;:!?'")\]}]/.test(found.charAt(end - 1))) {
    if (found.charAt(end - 1) === ')') {
      if (unopened <= 0) break;
      unopened -= 1;
    }
    end -= 1;
  }
  return found.slice(0, end);
}

function pieceFor(found: string): Piece {
  if (found.toLowerCase().startsWith('nostr:')) {
    const pubkey = decodeNpub(found.slice('nostr:'.length).toLowerCase());
    return pubkey ? { type: 'mention', text: found, pubkey } : { type: 'text', text: found };
  }
  const url = URL.canParse(found) ? new URL(found) : null;
  if (!url || !url.hostname) return { type: 'text', text: found };
  return { type: PICTURE.test(url.pathname) ? 'picture' : 'link', text: found, href: url.href };
}

/**
 * Cuts a message into text, web links, links to pictures and mentions. Joined again, the pieces' texts are the message.
 */
export function piecesOf(message: string): Piece[] {
  const pieces: Piece[] = [];
  let done = 0;
  for (const match of message.matchAll(INTERESTING)) {
    const found = match[0].startsWith('http') ? trimAddress(match[0]) : match[0];
    if (match.index > done) pieces.push({ type: 'text', text: message.slice(done, match.index) });
    pieces.push(pieceFor(found));
    done = match.index + found.length;
  }
  if (done < message.length) pieces.push({ type: 'text', text: message.slice(done) });
  return pieces;
}

import type { ChatMessage } from '@nests/protocol/chat';

/** What is being written: kept while the chat is closed, and when sending failed. */
export interface Draft {
  text: string;
  replyTo: ChatMessage | null;
}

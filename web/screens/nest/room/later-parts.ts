/** What follows as soon as the nest is heard; one file to fetch. */
export { ChatPanel } from '../chat/chat.tsx';
export { Hands } from './hands.tsx';

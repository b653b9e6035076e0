/** What lies above the nest when somebody asks for it; one file to fetch. */
export { ChatSheet } from '../chat/chat-sheet.tsx';
export { MoreMenu } from './more-menu.tsx';
export { ReactionPicker } from './reaction-picker.tsx';
export { TopLayer } from './top-layer.tsx';

import type { ChatMessage } from '@nests/protocol/chat';
import { Image, Reply } from 'lucide-react';
import { memo, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { classes } from '../../../ui/classes.ts';
import { WovenFace } from '../../../ui/woven-face.tsx';
import { messageTime } from '../parts/time-text.ts';
import { piecesOf, type Piece } from '../parts/rich-text.ts';
import { useFace, useName } from '../use-name.ts';
import { useLocale } from '../use-locale.ts';

/** What a Message takes. */
export interface MessageProps {
  message: ChatMessage;
  /** With face and name. */
  first: boolean;
  /** Whom it answers; null when it answers nobody or nobody knows. */
  answered: string | null;
  /** Midnight of today or any time of today (ms): decides whether a date is shown. */
  today: number;
  /** Null for people who cannot write. */
  onReply: ((message: ChatMessage) => void) | null;
}

/** One message: always plain text; addresses become links, and pictures are loaded only after a click. */
export const Message = memo(function Message({ message, first, answered, today, onReply }: MessageProps) {
  const { t } = useTranslation('later');
  const locale = useLocale();
  const face = useFace(message.pubkey, message.pubkey);
  const pieces = useMemo(() => piecesOf(message.text), [message.text]);
  const time = messageTime(message.createdAt * 1000, today, locale);
  return (
    <li className={classes('group relative flex gap-3 pe-9', first ? 'pt-3' : 'pt-0.5')}>
      <span className="w-8 shrink-0 pt-0.5">{first && <WovenFace {...face} size={32} />}</span>
      <div className="min-w-0 flex-1">
        {first ? (
          <p className="flex items-baseline gap-2">
            <span dir="auto" className="truncate text-sm leading-5 font-semibold">
              {face.name}
            </span>
            <time
              dateTime={new Date(message.createdAt * 1000).toISOString()}
              className="tabular shrink-0 text-xs leading-5 text-muted"
            >
              {time}
            </time>
          </p>
        ) : (
          <span className="sr-only">{face.name}</span>
        )}
        {answered !== null && <Answered pubkey={answered} />}
        <p dir="auto" className="text-sm leading-5.5 whitespace-pre-wrap">
          {pieces.map((piece, index) => (
            <PieceText key={`${index}-${piece.text}`} piece={piece} author={face.name} />
          ))}
        </p>
      </div>
      {onReply && (
        <button
          type="button"
          aria-label={t('chatPanel.replyTo', { name: face.name })}
          className="absolute end-0 top-1 grid size-11 -translate-y-1 place-items-center rounded-full text-muted opacity-0 group-hover:opacity-100 hover:text-text focus-visible:opacity-100 [@media(hover:none)]:opacity-60"
          onClick={() => onReply(message)}
        >
          <Reply aria-hidden className="size-4 rtl:-scale-x-100" />
        </button>
      )}
    </li>
  );
});

function Answered({ pubkey }: { pubkey: string }) {
  const { t } = useTranslation('later');
  const name = useName(pubkey);
  return (
    <p dir="auto" className="truncate border-s-2 border-straw ps-2 text-xs leading-4.5 text-muted">
      {t('chatPanel.answered', { name })}
    </p>
  );
}

function PieceText({ piece, author }: { piece: Piece; author: string }) {
  switch (piece.type) {
    case 'text':
      return piece.text;
    case 'mention':
      return <Mention pubkey={piece.pubkey} />;
    case 'link':
      return <WebLink href={piece.href} text={piece.text} />;
    case 'picture':
      return <Picture href={piece.href} author={author} />;
  }
}

function Mention({ pubkey }: { pubkey: string }) {
  const name = useName(pubkey);
  return <bdi className="font-semibold text-straw-text">@{name}</bdi>;
}

function WebLink({ href, text }: { href: string; text: string }) {
  return (
    <a
      href={href}
      target="_blank"
      rel="noopener noreferrer nofollow ugc"
      className="break-all text-straw-text underline underline-offset-2"
    >
      {text.replace(/^https?:\/\/(?:www\.)?/, '')}
    </a>
  );
}

function Picture({ href, author }: { href: string; author: string }) {
  const { t } = useTranslation('later');
  const [shown, setShown] = useState<'no' | 'yes' | 'broken'>('no');
  if (shown === 'yes') {
    return (
      <img
        src={href}
        alt={t('chatPanel.pictureAlt', { name: author })}
        referrerPolicy="no-referrer"
        className="mt-1 block max-h-72 max-w-full rounded-md"
        onError={() => setShown('broken')}
      />
    );
  }
  return (
    <>
      <WebLink href={href} text={href} />
      <button
        type="button"
        disabled={shown === 'broken'}
        className="mt-1 flex min-h-11 items-center gap-2 rounded-full bg-raised px-4 text-xs font-semibold disabled:text-muted"
        onClick={() => setShown('yes')}
      >
        <Image aria-hidden className="size-4" />
        {shown === 'broken' ? t('chatPanel.pictureBroken') : t('chatPanel.showPicture')}
      </button>
    </>
  );
}

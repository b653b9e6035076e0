import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Popover } from '../../../ui/popover.tsx';

/** The reactions on offer. */
const REACTIONS = ['❤️', '🔥', '👏', '😂', '🙏', '🎉', '👍', '💯'];

/** What a ReactionPicker takes. */
export interface ReactionPickerProps {
  /** The button it opens at. */
  trigger: ReactNode;
  onPick: (emoji: string) => void;
}

/** A few emoji to send to the room. Comes with the click that wants it open. */
export function ReactionPicker({ trigger, onPick }: ReactionPickerProps) {
  const { t } = useTranslation('nest');
  const [open, setOpen] = useState(true);
  return (
    <Popover label={t('bar.react')} open={open} onOpenChange={setOpen} trigger={trigger}>
      <div className="grid grid-cols-4 gap-1">
        {REACTIONS.map((emoji) => (
          <button
            key={emoji}
            type="button"
            aria-label={t('bar.reactWith', { emoji })}
            className="grid size-12 place-items-center rounded-full text-2xl hover:bg-raised"
            onClick={() => {
              setOpen(false);
              onPick(emoji);
            }}
          >
            {emoji}
          </button>
        ))}
      </div>
    </Popover>
  );
}

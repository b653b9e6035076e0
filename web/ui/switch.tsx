import { Switch as Primitive } from 'radix-ui';
import { useId, type ReactNode } from 'react';

/** What a Switch takes. */
export interface SwitchProps {
  label: string;
  /** Half a line on what it does. */
  hint?: ReactNode;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
}

/** On or off, with its words; the whole row can be pressed. */
export function Switch({ label, hint, checked, onChange, disabled = false }: SwitchProps) {
  const id = useId();
  return (
    <div className="flex min-h-11 items-center gap-4">
      <label htmlFor={id} className="min-w-0 flex-1 py-2">
        <span className="block text-sm font-semibold">{label}</span>
        {hint !== undefined && (
          <span id={`${id}-hint`} className="block text-xs text-muted">
            {hint}
          </span>
        )}
      </label>
      <Primitive.Root
        id={id}
        checked={checked}
        onCheckedChange={onChange}
        disabled={disabled}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        className="group relative h-7 w-12 shrink-0 rounded-full border border-edge bg-raised transition disabled:opacity-55 data-[state=checked]:border-straw-text data-[state=checked]:bg-straw"
      >
        <Primitive.Thumb className="absolute start-0.5 top-0.5 block size-5.5 rounded-full bg-muted transition-all group-data-[state=checked]:start-[22px] group-data-[state=checked]:bg-on-straw" />
      </Primitive.Root>
    </div>
  );
}

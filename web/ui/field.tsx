import { useId, type ComponentPropsWithRef, type ReactNode } from 'react';
import { classes } from './classes.ts';

interface Around {
  /** The visible name of the field, also its accessible name. */
  label: string;
  /** One line below the field: what it is for. */
  hint?: ReactNode;
  /** What is wrong, in place of the hint; also sets `aria-invalid`. */
  error?: string | undefined;
  /** The label is for screen readers only (a search field says what it is). */
  hideLabel?: boolean;
}

const box =
  'w-full rounded-md border border-edge bg-surface px-4 text-base text-text transition hover:border-muted aria-invalid:border-danger disabled:opacity-55';

function Frame({
  id,
  label,
  hint,
  error,
  hideLabel,
  children,
}: Around & { id: string; children: ReactNode }) {
  const below = error ?? hint;
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className={hideLabel ? 'sr-only' : 'text-sm font-semibold'}>
        {label}
      </label>
      {children}
      {below !== undefined && (
        <div
          id={`${id}-below`}
          role={error === undefined ? undefined : 'alert'}
          className={classes('text-xs', error === undefined ? 'text-muted' : 'text-danger')}
        >
          {below}
        </div>
      )}
    </div>
  );
}

function described({ id, hint, error }: { id: string; hint?: ReactNode; error?: string | undefined }) {
  return {
    'aria-invalid': error !== undefined,
    'aria-describedby': (error ?? hint) === undefined ? undefined : `${id}-below`,
  };
}

/** What a TextField takes beside everything an `<input>` takes. */
export type TextFieldProps = Around & ComponentPropsWithRef<'input'>;

/** A line of text with its label, a hint and, when needed, what is wrong with it. */
export function TextField({ label, hint, error, hideLabel, className, ...rest }: TextFieldProps) {
  const own = useId();
  const id = rest.id ?? own;
  return (
    <Frame {...{ id, label, hint, error, hideLabel: hideLabel ?? false }}>
      <input
        type="text"
        {...rest}
        {...described({ id, hint, error })}
        id={id}
        className={classes(box, 'h-12', className)}
      />
    </Frame>
  );
}

/** What a TextArea takes beside everything a `<textarea>` takes. */
export type TextAreaProps = Around & ComponentPropsWithRef<'textarea'>;

/** Several lines of text; grows with what is typed where the browser can. */
export function TextArea({ label, hint, error, hideLabel, className, ...rest }: TextAreaProps) {
  const own = useId();
  const id = rest.id ?? own;
  return (
    <Frame {...{ id, label, hint, error, hideLabel: hideLabel ?? false }}>
      <textarea
        rows={3}
        {...rest}
        {...described({ id, hint, error })}
        id={id}
        className={classes(box, 'field-sizing-content max-h-64 min-h-24 resize-none py-3', className)}
      />
    </Frame>
  );
}

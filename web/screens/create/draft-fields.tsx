import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { TextArea, TextField } from '../../ui/field.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Switch } from '../../ui/switch.tsx';
import { COLORS } from './colors.ts';
import { SUMMARY_LENGTH, TITLE_LENGTH, type Draft, type DraftProblems } from './draft.ts';
import { RelayFields } from './relay-fields.tsx';

/** What the fields take. */
export interface DraftFieldsProps {
  draft: Draft;
  problems: DraftProblems;
  /** The person has tried to go on: say everything that is wrong, also in fields they have not been in. */
  checked: boolean;
  disabled: boolean;
  onChange: (change: Partial<Draft>) => void;
}

/** The fields of a new nest. A field says what is wrong once one has left it. */
export function DraftFields({ draft, problems, checked, disabled, onChange }: DraftFieldsProps) {
  const { t } = useTranslation();
  const [left, setLeft] = useState<ReadonlySet<keyof DraftProblems>>(new Set());
  const leave = (field: keyof DraftProblems) => () => setLeft((before) => new Set([...before, field]));
  const problem = (field: keyof DraftProblems) => {
    const key = problems[field];
    return key !== undefined && (checked || left.has(field)) ? t(key) : undefined;
  };
  return (
    <fieldset disabled={disabled} className="flex min-w-0 flex-col gap-6">
      <TextField
        label={t('create:title')}
        name="title"
        required
        autoFocus={draft.title === ''}
        error={problem('title')}
        placeholder={t('create:titlePlaceholder')}
        value={draft.title}
        maxLength={TITLE_LENGTH}
        autoComplete="off"
        onBlur={leave('title')}
        onChange={(event) => onChange({ title: event.target.value })}
      />
      <TextArea
        label={t('create:summary')}
        name="summary"
        hint={t('create:summaryHint')}
        value={draft.summary}
        maxLength={SUMMARY_LENGTH}
        onChange={(event) => onChange({ summary: event.target.value })}
      />
      <ColorChoice value={draft.color} onChange={(color) => onChange({ color })} />
      <TextField
        label={t('create:image')}
        name="image"
        type="url"
        inputMode="url"
        hint={t('create:imageHint')}
        error={problem('image')}
        placeholder="https://"
        value={draft.image}
        autoComplete="off"
        onBlur={leave('image')}
        onChange={(event) => onChange({ image: event.target.value })}
      />
      <TextField
        label={t('create:hashtags')}
        name="hashtags"
        hint={t('create:hashtagsHint')}
        error={problem('hashtags')}
        value={draft.hashtags}
        autoCapitalize="off"
        autoComplete="off"
        onBlur={leave('hashtags')}
        onChange={(event) => onChange({ hashtags: event.target.value })}
      />
      <div className="flex flex-col gap-2">
        <span aria-hidden className="text-sm font-semibold">
          {t('create:when')}
        </span>
        <Segmented
          label={t('create:when')}
          value={draft.when}
          onChange={(when) => onChange({ when })}
          options={[
            { value: 'now', label: t('create:now') },
            { value: 'later', label: t('create:later') },
          ]}
        />
        {draft.when === 'later' && (
          <TextField
            label={t('create:starts')}
            name="starts"
            type="datetime-local"
            hint={t('create:startsHint')}
            error={problem('starts')}
            value={draft.starts}
            onBlur={leave('starts')}
            onChange={(event) => onChange({ starts: event.target.value })}
            className="max-w-72"
          />
        )}
      </div>
      <details
        className="border-t border-line pt-2"
        open={problem('relays') === undefined ? undefined : true}
      >
        <summary className="flex min-h-11 cursor-pointer items-center rounded-md text-sm font-semibold">
          {t('create:advanced')}
        </summary>
        <div className="flex flex-col gap-6 pt-2">
          <Access draft={draft} disabled={disabled} onChange={onChange} />
          <RelayFields draft={draft} error={problem('relays')} onChange={(relays) => onChange({ relays })} />
        </div>
      </details>
    </fieldset>
  );
}

/** Who may come in. Guests cannot be told apart, so only keys can be invited. */
function Access({ draft, disabled, onChange }: Pick<DraftFieldsProps, 'draft' | 'disabled' | 'onChange'>) {
  const { t } = useTranslation();
  const isPublic = draft.access === 'public';
  return (
    <div className="flex flex-col gap-2">
      <span aria-hidden className="text-sm font-semibold">
        {t('create:access')}
      </span>
      <Segmented
        label={t('create:access')}
        value={draft.access}
        onChange={(access) => onChange({ access })}
        options={[
          { value: 'public', label: t('create:everybody') },
          { value: 'invite', label: t('create:invited') },
        ]}
      />
      {isPublic ? (
        <Switch
          label={t('create:guests')}
          hint={t('create:guestsHint')}
          checked={draft.guests}
          disabled={disabled}
          onChange={(guests) => onChange({ guests })}
        />
      ) : (
        <p className="text-xs text-muted">{t('create:invitedHint')}</p>
      )}
    </div>
  );
}

function ColorChoice({ value, onChange }: { value: string; onChange: (color: string) => void }) {
  const { t } = useTranslation();
  const choices = [{ value: '', name: 'create:anyColor' } as const, ...COLORS];
  return (
    <fieldset>
      <legend className="mb-1 text-sm font-semibold">{t('create:color')}</legend>
      <div className="-ms-1.5 flex flex-wrap">
        {choices.map((color) => (
          <label
            key={color.value}
            title={t(color.name)}
            className="flex size-11 items-center justify-center rounded-full has-focus-visible:outline-2 has-focus-visible:outline-straw-text"
          >
            <input
              type="radio"
              name="color"
              className="peer sr-only"
              aria-label={t(color.name)}
              checked={color.value === value}
              onChange={() => onChange(color.value)}
            />
            <span
              aria-hidden
              className="size-7 rounded-full border border-edge ring-text ring-offset-2 ring-offset-ground peer-checked:ring-2"
              style={color.value === '' ? { backgroundImage: wheel } : { backgroundColor: color.value }}
            />
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** "A colour of its own": all of them. */
const wheel = `conic-gradient(${[...COLORS, COLORS[0]].map((color) => color.value).join(', ')})`;

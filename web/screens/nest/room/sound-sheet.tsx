import { useStore } from '@nanostores/react';
import { useId, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { AudioDevice } from '../../../nest/session-types.ts';
import { Sheet } from '../../../ui/sheet.tsx';
import { Switch } from '../../../ui/switch.tsx';
import { isOnStage } from '../parts/people.ts';
import { useNest } from '../screen-ports.ts';
import { useLevel } from '../parts/use-level.ts';

/** Volume, devices and what is done to one's own sound. A listener sees only what concerns listening. */
export function SoundSheet({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('layers');
  const { session } = useNest();
  const { audio } = session;
  const volume = useStore(audio.$volume);
  const deafened = useStore(audio.$deafened);
  const role = useStore(session.$role);
  const speaks = isOnStage({ role });
  return (
    <Sheet open onOpenChange={onClose} title={t('sound.title')}>
      <div className="flex flex-col gap-5">
        <Labelled label={t('sound.volume')}>
          {(id) => (
            <input
              id={id}
              type="range"
              min={0}
              max={1}
              step={0.05}
              value={volume}
              className="slider"
              onChange={(event) => audio.setVolume(event.currentTarget.valueAsNumber)}
            />
          )}
        </Labelled>
        <Switch
          label={t('sound.deafen')}
          hint={t('sound.deafenHint')}
          checked={deafened}
          onChange={(on) => audio.setDeafened(on)}
        />
        <OutputChoice />
        {speaks && <MicrophoneChoice />}
      </div>
    </Sheet>
  );
}

function OutputChoice() {
  const { t } = useTranslation('layers');
  const { audio } = useNest().session;
  const outputs = useStore(audio.$outputs);
  const chosen = useStore(audio.$outputId);
  if (outputs.length === 0) return <p className="text-xs text-muted">{t('sound.noOutput')}</p>;
  return (
    <Choice
      label={t('sound.output')}
      devices={outputs}
      value={chosen}
      onChange={(id) => void audio.chooseOutput(id)}
    />
  );
}

function MicrophoneChoice() {
  const { t } = useTranslation('layers');
  const { audio } = useNest().session;
  const meter = useRef<HTMLSpanElement>(null);
  const devices = useStore(audio.$microphones);
  const chosen = useStore(audio.$microphoneId);
  const noise = useStore(audio.$noiseSuppression);
  useLevel(meter, audio.$inputLevel);
  return (
    <>
      <Choice
        label={t('sound.microphone')}
        devices={devices}
        value={chosen}
        onChange={(id) => void audio.chooseMicrophone(id)}
      />
      <div>
        <p className="text-sm font-semibold">{t('sound.level')}</p>
        <span ref={meter} aria-hidden className="mt-2 block h-2 overflow-hidden rounded-full bg-raised">
          <span className="block h-full origin-left scale-x-(--level) rounded-full bg-speaking rtl:origin-right" />
        </span>
      </div>
      <Switch
        label={t('sound.noise')}
        hint={t('sound.noiseHint')}
        checked={noise}
        onChange={(on) => void audio.setNoiseSuppression(on)}
      />
    </>
  );
}

function Choice({
  label,
  devices,
  value,
  onChange,
}: {
  label: string;
  devices: readonly AudioDevice[];
  value: string;
  onChange: (id: string) => void;
}) {
  const { t } = useTranslation('layers');
  return (
    <Labelled label={label}>
      {(id) => (
        <select
          id={id}
          value={value}
          className="mt-1 h-12 w-full rounded-md border border-edge bg-surface px-3 text-sm"
          onChange={(event) => onChange(event.currentTarget.value)}
        >
          <option value="">{t('sound.system')}</option>
          {devices.map((device) => (
            <option key={device.id} value={device.id}>
              {device.label}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}

function Labelled({ label, children }: { label: string; children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="text-sm font-semibold">
        {label}
      </label>
      {children(id)}
    </div>
  );
}

import { useStore } from '@nanostores/react';
import { useNest } from '../screen-ports.ts';
import { DiagnosticsSheet } from './diagnostics-sheet.tsx';
import { EndDialog } from './end-dialog.tsx';
import { Help } from './help.tsx';
import { InvitationDialog } from './invitation.tsx';
import type { Layer } from './layers.ts';
import { PersonSheet } from './person-sheet.tsx';
import { ShareDialog } from './share-dialog.tsx';
import { SoundSheet } from './sound-sheet.tsx';

/** What a TopLayer takes. */
export interface TopLayerProps {
  layer: Layer | null;
  onClose: () => void;
}

/** Whatever lies above the nest: what the person opened, and an invitation. */
export function TopLayer(props: TopLayerProps) {
  return (
    <>
      <Opened {...props} />
      <InvitationDialog />
    </>
  );
}

function Opened({ layer, onClose }: TopLayerProps) {
  const end = useStore(useNest().session.$end);
  switch (layer?.kind) {
    case 'person':
      return <PersonSheet personKey={layer.key} onClose={onClose} />;
    case 'share':
      return <ShareDialog onClose={onClose} />;
    case 'help':
      return <Help onClose={onClose} />;
    case 'sound':
      return <SoundSheet onClose={onClose} />;
    case 'diagnostics':
      return <DiagnosticsSheet onClose={onClose} />;
    case 'end':
      return end && <EndDialog onClose={onClose} />;
    default:
      return null;
  }
}

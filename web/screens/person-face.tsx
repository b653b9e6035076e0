import { WovenFace, type WovenFaceProps } from '../ui/woven-face.tsx';
import { usePerson } from './people.ts';

/** The face of a key: its picture and initial come when a relay has the profile. */
export function PersonFace({ pubkey, ...rest }: WovenFaceProps) {
  const { name, picture } = usePerson(pubkey);
  return <WovenFace {...rest} pubkey={pubkey} name={name} picture={picture} />;
}

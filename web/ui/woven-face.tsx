import { memo, useId, useState } from 'react';
import { classes } from './classes.ts';
import { initialOf, weave } from './weave.ts';

/** A person, as far as their face needs them. */
export interface Face {
  /** What the weave is drawn from: the hex public key, or a guest's identity. */
  pubkey: string;
  name?: string | undefined;
  /** An https address; the weave stands in while it loads and when it fails. */
  picture?: string | undefined;
}

/** What a WovenFace takes. */
export interface WovenFaceProps extends Face {
  /** Diameter in CSS pixels; `'100%'` fills the parent. */
  size?: number | '100%';
  className?: string;
}

/** A person's picture, or the face woven from their key. Decoration: the name stands beside it. */
export const WovenFace = memo(function WovenFace({
  pubkey,
  name,
  picture,
  size = 44,
  className,
}: WovenFaceProps) {
  const [broken, setBroken] = useState<string | null>(null);
  const shown = picture?.startsWith('https://') && picture !== broken ? picture : null;
  return (
    <span
      aria-hidden
      className={classes('relative block shrink-0 overflow-hidden rounded-full', className)}
      style={{ width: size, height: size }}
    >
      <Woven pubkey={pubkey} name={name} small={size !== '100%' && size < 20} />
      {shown !== null && (
        <img
          src={shown}
          alt=""
          loading="lazy"
          decoding="async"
          referrerPolicy="no-referrer"
          className="absolute inset-0 size-full object-cover"
          onError={() => setBroken(shown)}
        />
      )}
    </span>
  );
});

function Woven({ pubkey, name, small }: { pubkey: string; name: string | undefined; small: boolean }) {
  const clip = useId();
  const { ground, bands } = weave(pubkey);
  return (
    <svg viewBox="0 0 100 100" className="block size-full">
      <clipPath id={clip}>
        <circle cx="50" cy="50" r="50" />
      </clipPath>
      <g clipPath={`url(#${clip})`}>
        <rect width="100" height="100" fill={ground} />
        {bands.map((band) => (
          <path key={band.path} d={band.path} fill="none" stroke={band.color} strokeWidth={band.width} />
        ))}
      </g>
      {!small && (
        <text
          x="50"
          y="52"
          textAnchor="middle"
          dominantBaseline="central"
          fontSize="36"
          fontWeight="700"
          fill="#fff"
          stroke={ground}
          strokeWidth="9"
          strokeLinejoin="round"
          paintOrder="stroke"
          className="font-title"
        >
          {initialOf(name)}
        </text>
      )}
    </svg>
  );
}

import type { ReactNode } from 'react';
import { NestArcs } from './nest-arcs.tsx';

/** What an Empty takes. */
export interface EmptyProps {
  title: string;
  children?: ReactNode;
  /** The way on: one button or link. */
  action?: ReactNode;
  /** What the empty nest above the words is drawn from; without it there is no drawing. */
  seed?: string;
  /** 1 where it is the whole screen. */
  level?: 1 | 2;
}

/** Where something could be and is not: says so kindly and offers the way on. */
export function Empty({ title, children, action, seed, level = 2 }: EmptyProps) {
  const Heading = level === 1 ? 'h1' : 'h2';
  return (
    <div className="mx-auto flex max-w-md flex-col items-center gap-3 px-4 py-10 text-center">
      {seed !== undefined && <NestArcs seed={seed} count={12} className="mb-3 h-20 w-64 max-w-full" />}
      <Heading className="text-xl">{title}</Heading>
      {children !== undefined && <div className="text-sm text-muted">{children}</div>}
      {action !== undefined && <div className="mt-2 flex flex-wrap justify-center gap-3">{action}</div>}
    </div>
  );
}

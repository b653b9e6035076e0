import { classes } from '../../ui/classes.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import { cardShape, largeShape } from './card-parts.tsx';

/** The shape of a card that is still on its way: same measures, no words. */
export function CardSkeleton({ large = false }: { large?: boolean }) {
  return (
    <li aria-hidden className={classes(cardShape, large && largeShape)}>
      <Skeleton className="h-5 w-24" />
      <Skeleton className={large ? 'my-0.5 h-7 w-4/5 max-w-96' : 'my-0.5 h-6 w-4/5'} />
      <Skeleton className="h-5 w-28" />
      <div className={classes('mx-auto mt-auto flex origin-bottom pe-3 pb-3', large && 'sm:scale-125')}>
        {[0, 1, 2].map((at) => (
          <Skeleton key={at} round className="-me-3 size-11 ring-2 ring-surface" />
        ))}
      </div>
    </li>
  );
}

import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import { loadWords } from '../i18n/index.ts';
import type { Namespace } from '../i18n/types.ts';

/**
 * A screen whose code and words come when somebody goes there, side by side.
 * @param load - imports the screen
 * @param namespaces - the files of the catalogue it speaks from, beside `common` and `lobby`, which are always here
 */
export function lazyScreen<Props>(
  load: () => Promise<ComponentType<Props>>,
  ...namespaces: Namespace[]
): LazyExoticComponent<ComponentType<Props>> {
  return lazy(async () => {
    const [screen] = await Promise.all([load(), loadWords(...namespaces)]);
    return { default: screen };
  });
}

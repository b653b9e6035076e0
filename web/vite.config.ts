import { resolve } from 'node:path';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin, type Rolldown } from 'vite';

/** The two font files nearly everybody needs are asked for with the page, not after the style sheet. */
function preloadFonts(): Plugin {
  return {
    name: 'nests:preload-fonts',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { bundle }) =>
        Object.keys(bundle ?? {})
          .filter((file) => /-latin-wght-normal-[^/]*\.woff2$/.test(file))
          .map((file) => ({
            tag: 'link',
            attrs: { rel: 'preload', as: 'font', type: 'font/woff2', href: `/${file}`, crossorigin: true },
            injectTo: 'head' as const,
          })),
    },
  };
}

/**
 * Everything that the first paint needs is one file: split by who else uses it, it would be twenty small ones, which
 * compress worse. Icons are left to the default, because their index names every icon there is.
 */
function firstPaint(id: string, graph: Pick<Rolldown.PluginContext, 'getModuleInfo'>) {
  if (!firstPaintIds) {
    firstPaintIds = new Set([resolve(import.meta.dirname, 'main.tsx')]);
    for (const one of firstPaintIds) {
      for (const imported of graph.getModuleInfo(one)?.importedIds ?? []) {
        if (!imported.includes('/lucide-react/')) firstPaintIds.add(imported);
      }
    }
  }
  return firstPaintIds.has(id) ? 'first-paint' : null;
}
let firstPaintIds: Set<string> | undefined;

/** Where the development server finds the API; in production both share one origin. */
const api = process.env['NESTS_API_URL'] ?? 'http://localhost:5544';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwindcss(), preloadFonts()],
  resolve: {
    alias: [
      { find: /^nostr-tools$/, replacement: resolve(import.meta.dirname, 'nostr/nostr-tools-root.ts') },
    ],
  },
  worker: { format: 'es' },
  build: {
    manifest: true,
    assetsInlineLimit: 0,
    target: 'baseline-widely-available',
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: firstPaint }] } } },
  },
  server: {
    host: '127.0.0.1',
    proxy: Object.fromEntries(
      ['/api', '/health', '/ready', '/debug', '/docs', '/webhooks'].map((path) => [path, { target: api }]),
    ),
  },
});

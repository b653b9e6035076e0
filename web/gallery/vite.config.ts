import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The page with every state of the nest's screen, for looking and for tests. Not part of the production build. */
export default defineConfig({
  root: new URL('.', import.meta.url).pathname,
  cacheDir: '../../node_modules/.cache/vite-gallery',
  plugins: [react(), tailwindcss()],
  build: { outDir: '../../node_modules/.cache/gallery', emptyOutDir: true, target: 'esnext' },
  server: { host: '127.0.0.1', fs: { allow: ['../..'] } },
  preview: { host: '127.0.0.1' },
});

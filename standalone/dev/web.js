/**
 * The web app's development server, as a part of `npm run dev`: Vite with the web app's own configuration, which
 * hands the API's paths on to NESTS_API_URL, and the page's settings put in as the API does it.
 */
import { createServer } from 'vite';

const { HOST, PORT, NESTS_PAGE = '{}' } = process.env;

const server = await createServer({
  server: { host: HOST ?? '127.0.0.1', port: Number(PORT), strictPort: true },
  plugins: [
    {
      name: 'nests:development',
      transformIndexHtml: (html) =>
        html.replace(/(id="nests-settings">)(<\/script>)/, `$1${NESTS_PAGE.replaceAll('<', '\\u003c')}$2`),
    },
  ],
});
await server.listen();

process.on('SIGTERM', () => {
  void server.close().then(() => process.exit(0));
});

import * as z from 'zod';

const Content = z.record(z.string(), z.looseObject({ schema: z.unknown() })).optional();
const Operation = z.looseObject({
  summary: z.string().optional(),
  security: z.array(z.record(z.string(), z.unknown())).optional(),
  requestBody: z.looseObject({ content: Content }).optional(),
  responses: z.record(z.string(), z.looseObject({ content: Content })).optional(),
});
type Operation = z.infer<typeof Operation>;

/** What the page reads of an OpenAPI document. */
const Document = z.looseObject({
  info: z.looseObject({ title: z.string(), version: z.string(), description: z.string().optional() }),
  paths: z.record(z.string(), z.record(z.string(), Operation)).optional(),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()).optional() }).optional(),
});

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}
h2{margin:2.5rem 0 .25rem;font-size:1.1rem}code,pre{font:.875rem/1.45 ui-monospace,monospace}
pre{background:#f4f2ee;padding:.75rem;overflow:auto;border-radius:.5rem}.method{color:#8a4b08}summary{cursor:pointer}
@media(prefers-color-scheme:dark){body{background:#1b1917;color:#eee}pre{background:#292623}.method{color:#f0b45b}a{color:#9cf}}`;

/** The contract as one page without any script, for people; made from the OpenAPI document. */
export function docsPage(openapi: unknown): string {
  const document = Document.parse(openapi);
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => operationHtml(method, path, operation)),
  );
  const schemas = Object.entries(document.components?.schemas ?? {}).map(
    ([name, schema]) => `<h2 id="${html(name)}">${html(name)}</h2>${json(schema)}`,
  );
  const { title, version, description = '' } = document.info;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${html(title)} API</title><style>${STYLE}</style>
<h1>${html(title)} API ${html(version)}</h1><p>${html(description)}</p>
<p><a href="/api/v1/openapi.json">The same as OpenAPI</a></p>
${operations.join('\n')}<h1>Schemas</h1>${schemas.join('\n')}</html>`;
}

function operationHtml(method: string, path: string, operation: Operation): string {
  const body = Object.values(operation.requestBody?.content ?? {})[0]?.schema;
  const replies = Object.entries(operation.responses ?? {}).map(([status, reply]) => {
    const schema = Object.values(reply.content ?? {})[0]?.schema;
    if (Number(status) >= 400) return '';
    return `<details><summary>${html(status)}</summary>${schema === undefined ? '' : json(schema)}</details>`;
  });
  const errors = Object.keys(operation.responses ?? {}).filter((status) => Number(status) >= 400);
  return `<h2><span class="method">${html(method.toUpperCase())}</span> <code>${html(path)}</code></h2>
<p>${html(operation.summary ?? '')}<br>Asked by: ${html(askedBy(operation.security))}${
    errors.length > 0 ? `. Errors: ${html(errors.join(', '))}` : ''
  }</p>${body === undefined ? '' : `<details><summary>Body</summary>${json(body)}</details>`}${replies.join('')}`;
}

const ASKERS: Record<string, string> = {
  nostr: 'a key (NIP-98)',
  session: 'a session',
  livekit: 'LiveKit (its webhooks)',
};

function askedBy(security: Record<string, unknown>[] = []): string {
  const names = security.flatMap((scheme) => Object.keys(scheme));
  if (names.length === 0) return 'anyone';
  const words = names.map((name) => ASKERS[name] ?? name);
  return security.length > names.length
    ? `anyone; more is shown to ${words.join(' or ')}`
    : words.join(' or ');
}

function json(value: unknown): string {
  return `<pre>${html(JSON.stringify(value, null, 2))}</pre>`;
}

function html(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

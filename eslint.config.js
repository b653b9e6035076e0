import js from '@eslint/js';
import jsdoc from 'eslint-plugin-jsdoc';
import reactHooks from 'eslint-plugin-react-hooks';
import { defineConfig } from 'eslint/config';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/**
 * Who may import what (the arrows of the house). Each entry: in these files, these imports are wrong, and why.
 * @type {{files: string[], ignores?: string[], patterns: {group: string[], message: string}[]}[]}
 */
const boundaries = [
  {
    files: ['protocol/**/*.ts'],
    ignores: ['**/*.test.ts'],
    patterns: [
      {
        group: ['node:*', 'fastify*', 'react*', 'livekit-*'],
        message: 'protocol/ has no I/O, no DOM, no Node.',
      },
      {
        group: ['../api/*', '../web/*', '../relay/*', '../standalone/*'],
        message: 'protocol/ imports nobody.',
      },
    ],
  },
  {
    files: ['api/nests/**/*.ts'],
    patterns: [
      {
        group: [
          'fastify*',
          'livekit-*',
          'libsql*',
          'ioredis*',
          '**/store/*',
          '**/media/*',
          '**/http/*',
          '**/feed/*',
        ],
        message: 'api/nests is the pure domain: it sees only its ports.',
      },
    ],
  },
  {
    files: ['api/store/**/*.ts', 'api/media/**/*.ts', 'api/feed/**/*.ts'],
    patterns: [
      {
        group: ['fastify*', '**/http/*'],
        message: 'An adapter knows its own part and the domain, not HTTP.',
      },
    ],
  },
  {
    files: ['api/**/*.ts'],
    ignores: ['api/nests/**', 'api/store/**', 'api/media/**', 'api/feed/**'],
    patterns: [
      { group: ['**/web/*', '**/relay/*', '**/standalone/*'], message: 'Arrows point to protocol/ only.' },
    ],
  },
  {
    files: ['web/**/*.{ts,tsx}'],
    ignores: ['web/nostr/**', 'web/media/**', 'web/nest/**', 'web/ui/**', '**/*.test.{ts,tsx}'],
    patterns: [
      {
        group: ['nostr-tools*', 'applesauce-*', 'rxjs*'],
        message: 'Only web/nostr imports a Nostr library.',
      },
      { group: ['livekit-client*'], message: 'Only web/media imports livekit-client.' },
      { group: ['**/../api/*.js', '**/relay/*'], message: 'web/ imports protocol/, never a server.' },
    ],
  },
  {
    files: ['web/media/**/*.{ts,tsx}'],
    patterns: [
      {
        group: [
          'react*',
          'nostr-tools*',
          'applesauce-*',
          '**/nostr/*',
          '**/screens/*',
          '**/ui/*',
          '**/nest/*',
        ],
        message: 'web/media knows audio and LiveKit only.',
      },
    ],
  },
  {
    files: ['web/nest/**/*.{ts,tsx}'],
    patterns: [
      {
        group: ['react*', 'nostr-tools*', 'applesauce-*', 'livekit-client*', '**/screens/*', '**/ui/*'],
        message: 'web/nest is framework-free; it sees media/, nostr/ and api/ through their own faces.',
      },
    ],
  },
  {
    files: ['web/ui/**/*.{ts,tsx}'],
    patterns: [
      {
        group: [
          'nostr-tools*',
          'applesauce-*',
          'livekit-client*',
          '**/screens/*',
          '**/nest/*',
          '**/media/*',
          '**/nostr/*',
        ],
        message: 'web/ui draws; it knows no nest.',
      },
    ],
  },
  {
    files: ['web/nostr/**/*.{ts,tsx}'],
    patterns: [
      {
        group: ['react*', 'livekit-client*', '**/screens/*', '**/ui/*', '**/nest/*', '**/media/*'],
        message: 'web/nostr knows relays, events and signers only.',
      },
    ],
  },
  {
    files: ['relay/**/*.ts'],
    patterns: [
      { group: ['**/api/*', '**/web/*', '**/standalone/*'], message: 'The relay stands on protocol/ alone.' },
    ],
  },
];

export default defineConfig(
  { ignores: ['**/dist/**', '**/node_modules/**', 'coverage/**', '**/test-results/**', '.nests/**'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: {
          allowDefaultProject: ['*.js', '*.ts', 'web/vite.config.ts', 'web/public/*.js'],
          defaultProject: 'standalone/tsconfig.json', // for its Node types
        },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { jsdoc },
    rules: {
      'max-lines': ['error', { max: 400 }],
      'no-console': 'off',
      eqeqeq: ['error', 'always'],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      'jsdoc/require-jsdoc': [
        'error',
        {
          publicOnly: { ancestorsOnly: true },
          checkConstructors: false,
          checkGetters: false,
          checkSetters: false,
          require: { FunctionDeclaration: true, ClassDeclaration: true, MethodDefinition: true },
          contexts: ['TSInterfaceDeclaration', 'TSTypeAliasDeclaration'],
          minLineCount: 4,
        },
      ],
    },
  },
  { files: ['**/*.js'], languageOptions: { globals: globals.node } },
  {
    files: ['web/public/**/*.js'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: globals.browser },
  },
  {
    files: ['**/*.test.{ts,tsx,js}', 'e2e/**', '**/*.contract.ts'],
    rules: {
      'max-lines': ['error', { max: 400, skipComments: true }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      'jsdoc/require-jsdoc': 'off',
    },
  },
  {
    files: ['web/**/*.tsx', 'web/**/use-*.ts'],
    plugins: { 'react-hooks': reactHooks },
    rules: reactHooks.configs.recommended.rules,
  },
  ...boundaries.map(({ files, ignores, patterns }) => ({
    files,
    ...(ignores ? { ignores } : {}),
    rules: { 'no-restricted-imports': ['error', { patterns }] },
  })),
);

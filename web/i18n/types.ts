import type common from './en/common.json';
import type create from './en/create.json';
import type diagnostics from './en/diagnostics.json';
import type errors from './en/errors.json';
import type failed from './en/failed.json';
import type later from './en/later.json';
import type layers from './en/layers.json';
import type lobby from './en/lobby.json';
import type nest from './en/nest.json';
import type person from './en/person.json';
import type planned from './en/planned.json';
import type settings from './en/settings.json';
import type share from './en/share.json';
import type signin from './en/signin.json';

/** The English catalogue is the measure: a key that is not in it does not compile. */
export interface Catalogue {
  common: typeof common;
  create: typeof create;
  diagnostics: typeof diagnostics;
  errors: typeof errors;
  failed: typeof failed;
  later: typeof later;
  layers: typeof layers;
  lobby: typeof lobby;
  nest: typeof nest;
  person: typeof person;
  planned: typeof planned;
  settings: typeof settings;
  share: typeof share;
  signin: typeof signin;
}

/** One file of the catalogue, loaded when a screen needs it. */
export type Namespace = keyof Catalogue;

declare module 'i18next' {
  interface CustomTypeOptions {
    /** The first is the one of keys without a namespace; the others make `t('ns:key')` known to the types. */
    defaultNS: [
      'common',
      'create',
      'diagnostics',
      'errors',
      'failed',
      'later',
      'layers',
      'lobby',
      'nest',
      'person',
      'planned',
      'settings',
      'share',
      'signin',
    ];
    resources: Catalogue;
    returnNull: false;
  }
}

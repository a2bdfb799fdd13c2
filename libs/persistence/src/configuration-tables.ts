import type { Entities, EntityKind } from '#libs/oauth';
import type { ColumnType } from './database.ts';

interface Field {
  readonly type: ColumnType;
  readonly nullable: boolean;
  /** What rows got that were there before the column. */
  readonly default?: string;
}

/** One table per kind of entity: a column per member, and `revision` and `position` besides. */
export interface ConfigurationTable<K extends EntityKind = EntityKind> {
  readonly name: string;
  readonly fields: Readonly<Record<keyof Entities[K] & string, Field>>;
  /** Members that name an entity, parent first: the primary key. */
  readonly key: readonly (keyof Entities[K] & string)[];
  readonly references: readonly Reference[];
}

/** A foreign key, checked when the transaction commits, so that changes may come in any order. */
export interface Reference {
  readonly members: readonly string[];
  readonly kind: EntityKind;
  readonly targets: readonly string[];
}

const text: Field = { type: 'text', nullable: false };
const json: Field = { type: 'json', nullable: false };
const integer: Field = { type: 'integer', nullable: false };
const time: Field = { type: 'bigint', nullable: false };
const boolean: Field = { type: 'boolean', nullable: false };
const optional = (field: Field): Field => ({ ...field, nullable: true });
const added = (field: Field, value: string): Field => ({ ...field, default: value });

const ofProfile: Reference = { members: ['profile'], kind: 'profile', targets: ['id'] };

/** The compiler sees to it that every member of every entity has its column. */
export const CONFIGURATION_TABLES: { readonly [K in EntityKind]: ConfigurationTable<K> } = {
  profile: {
    name: 'profile',
    fields: {
      id: text,
      issuer: text,
      capabilities: json,
      defaults: json,
      allowedAudiences: optional(json),
      scopes: json,
      trustedIssuers: added(json, '[]'),
      upstreamProviders: added(json, '{}'),
      resources: added(json, '{}'),
      authenticationContexts: optional(json),
      registrationTemplates: added(json, '{}'),
      origin: text,
    },
    key: ['id'],
    references: [],
  },
  endpoint: {
    name: 'endpoint',
    fields: {
      profile: text,
      id: text,
      kind: text,
      path: text,
      enabled: boolean,
      advertised: boolean,
      deployedTo: json,
      revocationLag: optional(integer),
      forwardAuth: optional(json),
      tokenValidation: optional(json),
      deviceAuthorization: optional(json),
      userPages: optional(json),
      backchannelAuthentication: optional(json),
      registration: optional(json),
      origin: text,
    },
    key: ['profile', 'id'],
    references: [ofProfile],
  },
  client: {
    name: 'client',
    fields: {
      profile: text,
      id: text,
      name: text,
      description: text,
      enabled: boolean,
      secrets: json,
      capabilities: json,
      scopes: json,
      audiences: json,
      properties: json,
      accessTokenFormat: optional(text),
      accessTokenLifetime: optional(integer),
      refreshTokens: optional(json),
      delegationLifetime: optional(integer),
      boundAccessTokens: optional(text),
      resources: optional(json),
      authorizationCode: optional(json),
      backchannelAuthentication: optional(json),
      tokenExchange: optional(json),
      authentication: optional(json),
      openId: optional(json),
      introspection: json,
      origin: text,
    },
    key: ['profile', 'id'],
    references: [ofProfile],
  },
  'token-issuer': {
    name: 'token_issuer',
    fields: {
      profile: text,
      id: text,
      kind: text,
      isDefault: boolean,
      enabled: boolean,
      algorithm: optional(text),
      lifetime: optional(integer),
      allowSubjectChange: boolean,
      origin: text,
    },
    key: ['profile', 'id'],
    references: [ofProfile],
  },
  'signing-key': {
    name: 'signing_key',
    fields: {
      profile: text,
      kid: text,
      algorithm: text,
      state: text,
      publicJwk: json,
      sealedPrivateJwk: text,
      createdAt: time,
      activatedAt: optional(time),
      retiredAt: optional(time),
      origin: text,
    },
    key: ['profile', 'kid'],
    references: [ofProfile],
  },
  'http-client': {
    name: 'http_client',
    fields: {
      profile: text,
      id: text,
      allowedHosts: json,
      allowHttp: boolean,
      allowedNetworks: json,
      credentials: optional(json),
      tls: json,
      timeoutMilliseconds: integer,
      maximumResponseBytes: integer,
      maximumRedirects: integer,
      allowTokens: boolean,
      origin: text,
    },
    key: ['profile', 'id'],
    references: [ofProfile],
  },
  secret: {
    name: 'secret',
    fields: { profile: text, id: text, sealedValue: text, createdAt: time, updatedAt: time, origin: text },
    key: ['profile', 'id'],
    references: [ofProfile],
  },
  bucket: {
    name: 'bucket',
    fields: { profile: text, id: text, description: text, origin: text },
    key: ['profile', 'id'],
    references: [ofProfile],
  },
  library: {
    name: 'library',
    fields: { id: text, description: text, activeVersion: optional(integer), origin: text },
    key: ['id'],
    references: [{ members: ['id', 'activeVersion'], kind: 'library-version', targets: ['library', 'version'] }],
  },
  'library-version': {
    name: 'library_version',
    fields: {
      library: text,
      version: integer,
      language: text,
      source: text,
      script: text,
      digest: text,
      note: text,
      createdAt: time,
      createdBy: text,
      origin: text,
    },
    key: ['library', 'version'],
    references: [{ members: ['library'], kind: 'library', targets: ['id'] }],
  },
  procedure: {
    name: 'procedure',
    fields: { id: text, flow: text, description: text, activeVersion: optional(integer), samples: added(json, '[]'), origin: text },
    key: ['id'],
    references: [{ members: ['id', 'activeVersion'], kind: 'procedure-version', targets: ['procedure', 'version'] }],
  },
  'procedure-version': {
    name: 'procedure_version',
    fields: {
      procedure: text,
      version: integer,
      language: text,
      source: text,
      script: text,
      // Their pins refer into JSON, which no foreign key guards: validation does.
      libraries: json,
      secrets: json,
      tests: optional(json),
      digest: text,
      note: text,
      createdAt: time,
      createdBy: text,
      origin: text,
    },
    key: ['procedure', 'version'],
    references: [{ members: ['procedure'], kind: 'procedure', targets: ['id'] }],
  },
  binding: {
    name: 'binding',
    fields: { profile: text, endpoint: text, flow: text, procedure: text, version: optional(integer), origin: text },
    key: ['profile', 'endpoint', 'flow'],
    references: [
      { members: ['profile', 'endpoint'], kind: 'endpoint', targets: ['profile', 'id'] },
      { members: ['procedure'], kind: 'procedure', targets: ['id'] },
      { members: ['procedure', 'version'], kind: 'procedure-version', targets: ['procedure', 'version'] },
    ],
  },
  administrator: {
    name: 'administrator',
    fields: { id: text, role: text, tokenHash: text, createdAt: time, origin: text },
    key: ['id'],
    references: [],
  },
};

/** The column of a member: `accessTokenFormat` is kept in `access_token_format`. */
export function columnOf(member: string): string {
  return member.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

import { hash } from 'node:crypto';
import { redact } from '#libs/configuration';
import type {
  Administrator,
  BucketEntry,
  Client,
  ClientSecret,
  DelegationRecord,
  Entities,
  EntityKind,
  HttpClient,
  HttpCredentials,
  LibraryVersion,
  Procedure,
  ProcedureVersion,
  Secret,
  SigningKey,
  TokenRecord,
} from '#libs/oauth';

/** A client's secret as it may be shown: enough to tell it from another. */
export interface SecretView {
  readonly id: string;
  readonly createdAt: number;
  readonly expiresAt: number | null;
}

/** Entities as answers show them: without secrets, their hashes and private keys; sources are a resource of their own. */
export interface Views extends Omit<
  Entities,
  'procedure' | 'client' | 'signing-key' | 'http-client' | 'secret' | 'library-version' | 'procedure-version' | 'administrator'
> {
  client: Omit<Client, 'secrets'> & { readonly secrets: readonly SecretView[] };
  'signing-key': Omit<SigningKey, 'sealedPrivateJwk'>;
  'http-client': HttpClientView;
  secret: Omit<Secret, 'sealedValue'>;
  'library-version': Omit<LibraryVersion, 'source' | 'script'>;
  procedure: Omit<Procedure, 'samples'> & { readonly samples: readonly string[] };
  'procedure-version': Omit<ProcedureVersion, 'source' | 'script'>;
  administrator: Omit<Administrator, 'tokenHash'>;
}

/** An HTTP client as it may be shown: that there are credentials and a key, and not which. */
export interface HttpClientView extends Omit<HttpClient, 'credentials' | 'tls'> {
  readonly credentials: WithoutValue<HttpCredentials> | null;
  readonly tls: Omit<HttpClient['tls'], 'sealedClientKey'> & { readonly clientKey: boolean };
}

type WithoutValue<C extends HttpCredentials> = C extends unknown ? Omit<C, 'sealedValue'> : never;

/** An entity as answers show it. */
export function viewOf<K extends EntityKind>(kind: K, entity: Entities[K]): Views[K] {
  const view = redact(kind, entity) as Views[K];
  return kind === 'client' ? { ...view, secrets: (entity as Client).secrets.map(secretView) } : view;
}

/** A secret as answers show it. */
export function secretView(secret: ClientSecret): SecretView {
  return { id: secretId(secret), createdAt: secret.createdAt, expiresAt: secret.expiresAt };
}

/** Names a secret of a client. Made from what is stored; nothing can be tried against it without having that. */
export function secretId(secret: ClientSecret): string {
  return hash('sha256', `tokenwright client secret\0${secret.createdAt}\0${secret.hash}`, 'base64url').slice(0, 16);
}

/** A delegation as answers show it, with its view as JSON instead of text. */
export function delegationView(delegation: DelegationRecord) {
  const { profile, id, clientId, owner, scope, status, view, createdAt, expiresAt, revokedAt } = delegation;
  return { profile, id, clientId, owner, scope, status, view: JSON.parse(view) as unknown, createdAt, expiresAt, revokedAt };
}

/** A token as answers show it: never its value or hash. */
export function tokenView(token: TokenRecord) {
  const { id, profile, purpose, form, clientId, subject, delegationId, data, issuedAt, expiresAt, revokedAt } = token;
  return { id, profile, purpose, form, clientId, subject, delegationId, data: JSON.parse(data) as unknown, issuedAt, expiresAt, revokedAt };
}

/** An entry of a bucket as answers show it, with its attributes as JSON instead of text. */
export function entryView({ subject, purpose, attributes, updatedAt }: BucketEntry) {
  return { subject, purpose, attributes: JSON.parse(attributes) as unknown, updatedAt };
}

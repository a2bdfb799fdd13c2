import { RegisteredClient } from '../client/registered-client.ts';
import type { RegistrationSettings, RegistrationTemplate } from '../configuration/registration-settings.ts';
import type { Route, Snapshot } from '../configuration/snapshot.ts';
import { OAuthError } from '../errors.ts';
import type { DynamicClient, DynamicClientStore } from '../registration-stores.ts';
import { denial } from '../resource/denial.ts';
import { presentedAccessToken } from '../resource/presented-access-token.ts';
import type { OAuthRequest, OAuthResponse } from '../transport/exchange.ts';
import { clientOfRegistration, needsSecret } from './client-of-registration.ts';
import { isDynamicClientId } from './dynamic-clients.ts';
import {
  inForce,
  isRegistrationToken,
  isSecretDue,
  isSecretOf,
  newRegistrationToken,
  newSecret,
  secretsBeside,
} from './given-credentials.ts';
import { invalidMetadata, type Metadata } from './metadata-members.ts';
import { registrationAnswer } from './registration-answer.ts';
import { registrationEvent } from './registration-audit.ts';
import type { RegistrationProcess } from './registration-process.ts';
import { requestedMetadata } from './registration-request.ts';
import { challengeOf } from './registration-rights.ts';
import type { SoftwareStatements } from './software-statements.ts';

/** Members that an update must not have. RFC 7592 section 2.2. */
const NOT_SENT = ['registration_access_token', 'registration_client_uri', 'client_secret_expires_at', 'client_id_issued_at'];

/** A client that has shown the token of its registration. */
interface Known {
  readonly client: DynamicClient;
  readonly template: RegistrationTemplate;
  readonly token: string;
}

/** Lets a client read, change and delete its own registration. RFC 7592. */
export class RegistrationManagement {
  constructor(
    private readonly store: DynamicClientStore,
    private readonly statements: SoftwareStatements,
    private readonly process: RegistrationProcess,
    private readonly clock: () => number,
  ) {}

  /**
   * @param id that the path names
   * @throws OAuthError
   */
  async handle(
    request: OAuthRequest,
    id: string,
    settings: RegistrationSettings,
    route: Route,
    snapshot: Snapshot,
  ): Promise<OAuthResponse> {
    const now = this.clock();
    const known = await this.#known(request, id, route, now);
    switch (request.method) {
      case 'GET':
      case 'HEAD':
        return registrationAnswer(200, known.client, { token: known.token, secret: null }, inForce(known.client.secrets, now), route);
      case 'PUT':
        return this.#update(known, request, settings, route, snapshot, now);
      case 'DELETE':
        return this.#remove(known, route, now);
      default:
        throw new OAuthError('invalid_request', 'Use the GET, PUT or DELETE method.', { status: 405, allow: 'GET, HEAD, PUT, DELETE' });
    }
  }

  /** One answer for a wrong token and for a client that is unknown, gone or of another endpoint. RFC 7592 sections 2.1 to 2.3. */
  async #known(request: OAuthRequest, id: string, { profile, endpoint }: Route, now: number): Promise<Known> {
    const presented = presentedAccessToken(request);
    const token = presented === null || presented === 'malformed' ? '' : presented.token;
    const found = isDynamicClientId(id) ? await this.store.find(profile.id, id, null) : null;
    const client = found === 'unchanged' ? null : found;
    const template = client === null ? undefined : profile.template(client.template);
    const isItsOwn = isRegistrationToken(token, client?.tokenHash ?? '');
    const isOver = client !== null && client.expiresAt !== null && client.expiresAt <= now;
    if (client === null || template === undefined || client.endpoint !== endpoint.id || isOver || !isItsOwn) throw refused(profile.issuer);
    return { client, template, token };
  }

  async #update(
    { client, template }: Known,
    request: OAuthRequest,
    settings: RegistrationSettings,
    route: Route,
    snapshot: Snapshot,
    now: number,
  ): Promise<OAuthResponse> {
    const { profile } = route;
    const asked = requestedMetadata(request);
    checkIdentity(asked, client, now);
    const kept = client.metadata['software_statement'];
    const statement = await this.statements.verified(asked, settings, profile, now, kept);
    if (kept !== undefined && statement === null)
      throw invalidMetadata('software_statement is missing: the client was registered by one, and goes on by it or by another.');
    const registered = await this.process.run(
      {
        ...{ operation: 'update', id: client.id, asked, statement, template: [client.template, template] },
        ...{ registeredBy: client.registeredBy, properties: client.properties },
        client: new RegisteredClient(clientOfRegistration(client, template, profile.profile), profile.profile),
      },
      request,
      route,
      snapshot.node.certificateMethods ?? [],
    );
    const { metadata, properties, headers, settle } = registered;
    const token = newRegistrationToken();
    const hasSecret = needsSecret(metadata);
    const secret = hasSecret && isSecretDue(client.secrets, template, now) ? newSecret(template, now) : null;
    const others = secret === null ? inForce(client.secrets, now) : secretsBeside(client.secrets, template, now);
    const secrets = !hasSecret ? [] : secret === null ? others : [...others, secret.kept];
    const state = { metadata, properties, secrets, tokenHash: token.hash };
    const audit = [registrationEvent('update', `dynamic-client ${client.id}`, now, client, { ...client, ...state })];
    // Whoever was first has another token by now.
    if (!(await this.store.update(profile.id, client.id, client.version, state, now, audit))) throw refused(profile.issuer);
    await settle();
    return registrationAnswer(200, { ...client, metadata }, { token: token.value, secret }, secrets, route, headers);
  }

  async #remove({ client }: Known, { profile }: Route, now: number): Promise<OAuthResponse> {
    const audit = [registrationEvent('delete', `dynamic-client ${client.id}`, now, client, null)];
    if (!(await this.store.remove(profile.id, client.id, now, audit, client.tokenHash))) throw refused(profile.issuer);
    return { status: 204, headers: ['Cache-Control', 'no-store', 'Pragma', 'no-cache'], body: null };
  }
}

/** An update is of the whole client, by its id, and with its secret where it has one and sends it. RFC 7592 section 2.2. */
function checkIdentity(asked: Metadata, client: DynamicClient, now: number): void {
  if (asked['client_id'] !== client.id) throw invalidMetadata('client_id must be that of the client: an update has all of its metadata.');
  for (const name of NOT_SENT)
    if (asked[name] !== undefined) throw invalidMetadata(`${name} is not the client's to send: leave it out (RFC 7592 section 2.2).`);
  const secret = asked['client_secret'];
  if (secret !== undefined && !(typeof secret === 'string' && isSecretOf(client.secrets, secret, now)))
    throw invalidMetadata('client_secret must be the one that the client has: it cannot choose another. Leave it out.');
}

function refused(issuer: string): OAuthError {
  return denial('invalid_token', 'The registration access token is not good for this client.', 'Bearer', challengeOf(issuer));
}

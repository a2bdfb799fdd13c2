import { laneOf } from '../client/address-lane.ts';
import { Allowance } from '../client/allowance.ts';
import type { RegistrationSettings } from '../configuration/registration-settings.ts';
import type { Route, Snapshot } from '../configuration/snapshot.ts';
import { OAuthError } from '../errors.ts';
import type { DynamicClientStore, NewDynamicClient } from '../registration-stores.ts';
import type { OAuthRequest, OAuthResponse } from '../transport/exchange.ts';
import { needsSecret } from './client-of-registration.ts';
import { mintDynamicClientId } from './dynamic-clients.ts';
import { newRegistrationToken, newSecret } from './given-credentials.ts';
import { registrationAnswer } from './registration-answer.ts';
import { registrationEvent } from './registration-audit.ts';
import type { RegistrationManagement } from './registration-management.ts';
import type { RegistrationProcess } from './registration-process.ts';
import { requestedMetadata } from './registration-request.ts';
import { requiredTemplate, type RegistrationRight, type RegistrationRights } from './registration-rights.ts';
import type { SoftwareStatements } from './software-statements.ts';

/** What the endpoint is made of. */
export interface RegistrationEndpointParts {
  readonly store: DynamicClientStore;
  readonly rights: RegistrationRights;
  readonly statements: SoftwareStatements;
  readonly process: RegistrationProcess;
  readonly management: RegistrationManagement;
  readonly clock: () => number;
}

/** Remembered; beyond, the one that came longest ago starts afresh. */
const ADDRESSES = 10_000;

/** Registers clients, and below its path lets each manage its own registration. RFC 7591, RFC 7592, OpenID Connect Registration. */
export class RegistrationEndpoint {
  readonly #allowance = new Allowance(ADDRESSES);

  constructor(private readonly parts: RegistrationEndpointParts) {}

  /** @throws OAuthError */
  async handle(request: OAuthRequest, route: Route, snapshot: Snapshot): Promise<OAuthResponse> {
    const { endpoint } = route;
    const settings = endpoint.registration;
    if (settings === null) throw new Error(`endpoint ${endpoint.id} has no registration settings`);
    if (request.path !== endpoint.path)
      return this.parts.management.handle(request, request.path.slice(endpoint.path.length + 1), settings, route, snapshot);
    if (request.method !== 'POST') throw new OAuthError('invalid_request', 'Use the POST method.', { status: 405, allow: 'POST' });
    this.#allow(request, route, settings.perMinute);
    return this.#register(request, settings, route, snapshot);
  }

  /** By the address alone, before anything is looked at: whoever is within it pays nothing. RFC 6585 section 4. */
  #allow({ clientIpAddress }: OAuthRequest, { profile, endpoint }: Route, perMinute: number): void {
    const excess = this.#allowance.use(`${profile.id}\n${endpoint.id}\n${laneOf(clientIpAddress)}`, perMinute);
    if (excess === 0) return;
    throw new OAuthError('temporarily_unavailable', 'Too many registrations from this address. Try again later.', {
      status: 429,
      retryAfter: Math.max(1, Math.ceil((excess / perMinute) * 60)),
      counted: { brake: 'registrations' },
    });
  }

  async #register(request: OAuthRequest, settings: RegistrationSettings, route: Route, snapshot: Snapshot): Promise<OAuthResponse> {
    const { rights, statements, process, clock } = this.parts;
    const now = clock();
    const asked = requestedMetadata(request);
    const verify = () => statements.verified(asked, settings, route.profile, now);
    const right = await rights.of(request, settings, verify, route, now);
    const { statement } = right;
    const id = mintDynamicClientId();
    const template = requiredTemplate(route, right.template);
    const registered = await process.run(
      {
        ...{ operation: 'register', id, asked, statement, template: [right.template, template] },
        ...{ registeredBy: right.by, client: right.client, properties: {} },
      },
      request,
      route,
      snapshot.node.certificateMethods ?? [],
    );
    const token = newRegistrationToken();
    const secret = needsSecret(registered.metadata) ? newSecret(template, now) : null;
    const client: NewDynamicClient = {
      ...{ profile: route.profile.id, id, endpoint: route.endpoint.id, template: right.template, registeredBy: right.by },
      ...{ metadata: registered.metadata, properties: registered.properties },
      secrets: secret === null ? [] : [secret.kept],
      tokenHash: token.hash,
      createdAt: now,
      expiresAt: template.clientLifetime === null ? null : now + template.clientLifetime,
    };
    await this.#store(client, right, template.maximumClients);
    await registered.settle();
    return registrationAnswer(201, client, { token: token.value, secret }, client.secrets, route, registered.headers);
  }

  async #store(client: NewDynamicClient, { token, statement }: RegistrationRight, maximumClients: number): Promise<void> {
    const actor =
      statement === null || client.registeredBy.startsWith('software-statement')
        ? client.registeredBy
        : `${client.registeredBy}, statement of ${statement.issuer.issuer}`;
    const audit = [registrationEvent('register', actor, client.createdAt, null, client)];
    const outcome = await this.parts.store.register(client, { maximumClients, token: token === null ? null : { hash: token.hash }, audit });
    if (outcome === 'token-used')
      throw new OAuthError('invalid_token', 'The initial access token has been used.', {
        status: 401,
        challenge: 'Bearer error="invalid_token", error_description="The initial access token has been used."',
      });
    if (outcome === 'full')
      throw new OAuthError(
        'temporarily_unavailable',
        'There are as many registered clients as there may be. Ask the operator of the service.',
        {
          retryAfter: 3600,
        },
      );
  }
}

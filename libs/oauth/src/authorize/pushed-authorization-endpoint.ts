import type { ClientAuthentication } from '../client/client-authentication.ts';
import type { RegisteredClient } from '../client/registered-client.ts';
import type { Route } from '../configuration/snapshot.ts';
import { OAuthError } from '../errors.ts';
import type { SenderBinding } from '../token/sender-binding.ts';
import { jsonResponse, requireFormPost, type OAuthRequest, type OAuthResponse } from '../transport/exchange.ts';
import { parameter, parseAuthorizationForm, type Form } from '../transport/form.ts';
import { authorizationRequest, RefusedRequest } from './authorization-request.ts';
import { PUSHED_LIFETIME, type PushedRequests } from './pushed-requests.ts';
import type { RequestObjects } from './request-object.ts';

/** Parameters that authenticate the client: they are no part of the authorization request. */
const CREDENTIALS: ReadonlySet<string> = new Set(['client_secret', 'client_assertion', 'client_assertion_type']);

/** Pushed authorization requests, RFC 9126: checked while the client is there to be told, and named by a URI from then on. */
export class PushedAuthorizationEndpoint {
  constructor(
    private readonly clients: ClientAuthentication,
    private readonly pushed: PushedRequests,
    private readonly requestObjects: RequestObjects,
    private readonly binding: SenderBinding,
    private readonly clock: () => number,
  ) {}

  /** @throws OAuthError */
  async handle(request: OAuthRequest, route: Route): Promise<OAuthResponse> {
    requireFormPost(request);
    const form = parseAuthorizationForm(request.body);
    const client = await this.clients.authenticate(route.profile, request, form);
    if (form.has('request_uri')) throw new OAuthError('invalid_request', 'A pushed request names no other.');
    const named = parameter(form, 'client_id') ?? client.id;
    if (named !== client.id) throw new OAuthError('invalid_request', 'The client_id is not the one of the credentials.');
    const more: [string, string][] = [['client_id', client.id]];
    if (request.headers['dpop'] !== undefined)
      more.push(['dpop_jkt', await this.#key(request, route, client, parameter(form, 'dpop_jkt'))]);
    const asked = await this.requestObjects.resolved(new Map([...form, ['client_id', client.id] as const]), route.profile);
    const parameters: Form = new Map([...asked, ...more].filter(([name]) => !CREDENTIALS.has(name)));
    try {
      await authorizationRequest(parameters, route);
    } catch (error) {
      throw error instanceof RefusedRequest ? error.error : error;
    }
    const requestUri = await this.pushed.push(parameters, client.id, route.profile.id);
    return jsonResponse(201, JSON.stringify({ request_uri: requestUri, expires_in: PUSHED_LIFETIME }));
  }

  /** A proof binds the code as `dpop_jkt` does. RFC 9449 section 10.1. */
  async #key(request: OAuthRequest, route: Route, client: RegisteredClient, named: string | undefined): Promise<string> {
    const jkt = (await this.binding.of(request, route, client, this.clock()))?.jkt ?? '';
    if (named !== undefined && named !== jkt) throw new OAuthError('invalid_request', 'The dpop_jkt is not the key of the DPoP proof.');
    return jkt;
  }
}

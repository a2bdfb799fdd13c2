import type { ClientAuthentication } from '../client/client-authentication.ts';
import type { Route } from '../configuration/snapshot.ts';
import { OAuthError } from '../errors.ts';
import { requestedScopes } from '../token/scope.ts';
import { jsonResponse, requireFormPost, type OAuthRequest, type OAuthResponse } from '../transport/exchange.ts';
import { parameter, parseForm, type Form } from '../transport/form.ts';
import type { PendingRequests } from './pending-requests.ts';
import type { DecidedAuthentication, PendingRequest } from './requested-authentication.ts';

const LONGEST_ACR = 256;
const MOST_MEANS = 16;
/** Seconds by which the clock of who tells may be ahead. */
const TOLERANCE = 30;

/**
 * Where a service that has asked a person in its own way, such as the backend of an app, tells what the person has decided. OpenID Connect
 * CIBA leaves open how a provider reaches the authentication device: this is one half of it, the procedure of the request the other.
 */
export class BackchannelDecisionEndpoint {
  constructor(
    private readonly clients: ClientAuthentication,
    private readonly requests: PendingRequests,
    private readonly clock: () => number,
  ) {}

  /** @throws OAuthError */
  async handle(request: OAuthRequest, { profile }: Route): Promise<OAuthResponse> {
    requireFormPost(request);
    const form = parseForm(request.body);
    const client = await this.clients.authenticate(profile, request, form);
    if (!client.may('backchannel-decision'))
      throw new OAuthError('unauthorized_client', 'The client may not tell decisions.', { status: 403 });
    const id = required(form, 'request_id');
    const subject = required(form, 'sub');
    const decision = required(form, 'decision');
    if (decision !== 'approve' && decision !== 'deny') throw new OAuthError('invalid_request', 'The decision must be approve or deny.');
    const pending = await this.requests.find(profile.id, id);
    // Who mixes people up, or knows an id of somebody else's request, learns nothing.
    if (pending?.asked.subject !== subject) throw unknown();
    const by = { kind: 'client', id: client.id } as const;
    const counts =
      decision === 'deny'
        ? await this.requests.deny(pending, by)
        : await this.requests.approve(pending, scopesOf(form, pending), authenticationOf(form, this.clock()), by);
    if (!counts) throw unknown();
    return jsonResponse(200, JSON.stringify({ request_id: id, decision }));
  }
}

function required(form: Form, name: string): string {
  const value = parameter(form, name);
  if (value === undefined) throw new OAuthError('invalid_request', `The ${name} parameter is missing.`);
  return value;
}

/** All that was asked for, or less of it. */
function scopesOf(form: Form, { asked }: PendingRequest): readonly string[] {
  const text = parameter(form, 'scope');
  if (text === undefined) return asked.scopes;
  const scopes = requestedScopes(text);
  if (!scopes.includes('openid')) throw new OAuthError('invalid_scope', 'The scope must contain openid, or be left out.');
  for (const scope of scopes)
    if (!asked.scopes.includes(scope)) throw new OAuthError('invalid_scope', 'A scope is not among those that the client asks for.');
  return scopes;
}

/** As the id token will say it. OpenID Connect Core section 2. */
function authenticationOf(form: Form, now: number): DecidedAuthentication {
  const acr = parameter(form, 'acr') ?? null;
  if (acr !== null && acr.length > LONGEST_ACR) throw new OAuthError('invalid_request', 'The acr is too long.');
  const amr = (parameter(form, 'amr') ?? '').split(' ').filter((means) => means !== '');
  if (amr.length > MOST_MEANS || amr.some((means) => means.length > LONGEST_ACR))
    throw new OAuthError('invalid_request', 'The amr has too many values, or too long ones.');
  const at = parameter(form, 'auth_time');
  if (at === undefined) return { authenticatedAt: now, acr, amr };
  if (!/^\d{1,12}$/.test(at) || Number(at) > now + TOLERANCE)
    throw new OAuthError('invalid_request', 'The auth_time must be a number of seconds since 1970 that does not lie ahead.');
  return { authenticatedAt: Math.min(Number(at), now), acr, amr };
}

/** One answer for all: over, decided before, of another person, or never there. */
function unknown(): OAuthError {
  return new OAuthError('unknown_request', 'No request of this id waits for a decision of this person.', { status: 404 });
}

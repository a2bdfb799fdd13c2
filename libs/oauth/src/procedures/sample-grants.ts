import type { ReturnAddress } from '../authorize/authorization-request.ts';
import { NO_CLAIMS } from '../authorize/claims-request.ts';
import { authorizationTerms } from '../authorize/authorization-terms.ts';
import { responseModes, responseTypeOf, type ResponseType } from '../authorize/response-type.ts';
import type { CodeGrant } from '../authorize/code-grant.ts';
import { requestTerms } from '../backchannel/request-terms.ts';
import { DEFAULT_BACKCHANNEL_AUTHENTICATION } from '../configuration/backchannel-settings.ts';
import { byPassword } from '../people/login-sessions.ts';
import { DEVICE_CODE_GRANT_TYPE } from '../device/device-grant.ts';
import { deviceTerms } from '../device/device-terms.ts';
import { releasedClaims } from '../people/scope-claims.ts';
import type { LoginSession } from '../people/people.ts';
import { readExchangeRequest } from '../token/exchange/exchange-request.ts';
import type { SecurityToken } from '../token/exchange/security-tokens.ts';
import { TOKEN_TYPE } from '../token/exchange/token-types.ts';
import type { RedeemedGrant, TokenRequest } from '../token/grant-type.ts';
import { asserted } from '../token/grants/assertion.ts';
import { approvedGrant } from '../token/grants/backchannel-authentication.ts';
import { clientCredentials } from '../token/grants/client-credentials.ts';
import { exchangedToken } from '../token/grants/older-token-exchange.ts';
import { passwordGrant } from '../token/grants/password.ts';
import { refreshed } from '../token/grants/refresh-token.ts';
import { exchanged } from '../token/grants/token-exchange.ts';
import { mintOpaqueToken } from '../token/opaque-token.ts';
import { personGrant } from '../token/person-grant.ts';
import { grantedScopes, narrowedScopes, scopeNames } from '../token/scope.ts';
import { parameter } from '../transport/form.ts';
import { userinfoTerms } from '../userinfo/userinfo-terms.ts';
import { DryRunError, type DryRunRequest } from './dry-run.ts';
import type { FlowId } from './flows.ts';
import type { DelegationView } from './host-calls.ts';

const SAMPLE_USER = 'sample-user';
const SAMPLE_SESSION = 'sample-session';
/** The client that has given its token away to be exchanged, and who acts where an actor token is presented. */
const SAMPLE_HOLDER = 'sample-app';
const SAMPLE_ACTOR = 'sample-actor';
/** Another service that the profile trusts. */
const SAMPLE_ISSUER = 'https://partner.example';
/** That a token may still be used. */
const SAMPLE_SECONDS = 600;
const SAMPLE_NONCE = 'sample-nonce';
const SAMPLE_CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
/** Seconds ago that the person signed in. */
const SIGNED_IN = 60;

/** Where a made-up person goes back to. */
export const SAMPLE_REDIRECT_URI = 'https://app.example/callback';

/** What a made-up person types in, and for how long it lasts. RFC 8628 section 3.2. */
export const SAMPLE_DEVICE = { userCode: 'WDJB-MJHT', settings: { codeLifetime: 600, pollInterval: 5 } } as const;

/** What a made-up client presents, and what that is good for. */
export interface SampleGrant {
  readonly flow: FlowId;
  /** Of the request, beside its scope. */
  readonly parameters: Readonly<Record<string, string>>;
  /** @throws OAuthError when the client may not have what it asks for */
  redeem: (request: TokenRequest, dryRun: DryRunRequest) => RedeemedGrant;
}

/** To add a grant type: a line here. */
const SAMPLES: readonly SampleGrant[] = [
  {
    flow: clientCredentials.flow,
    parameters: { grant_type: clientCredentials.id },
    redeem: (request) => clientCredentials.redeem(request) as RedeemedGrant,
  },
  {
    flow: 'oauth-token-authorization-code',
    parameters: { grant_type: 'authorization_code', code: 'sample-code', redirect_uri: SAMPLE_REDIRECT_URI },
    redeem: (request, dryRun) => personGrant(request, { grant: codeGrant(request, dryRun), data: { ...dryRun.tokenData } }, null),
  },
  {
    flow: 'oauth-token-device-code',
    parameters: { grant_type: DEVICE_CODE_GRANT_TYPE, device_code: 'sample-device-code' },
    redeem: (request, dryRun) =>
      personGrant(request, { grant: { ...codeGrant(request, dryRun), nonce: null }, data: { ...dryRun.tokenData } }, null),
  },
  {
    flow: 'oauth-token-refresh',
    parameters: { grant_type: 'refresh_token', refresh_token: 'sample-refresh-token' },
    redeem: sampleRefresh,
  },
  {
    flow: 'oauth-token-assertion',
    parameters: { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: 'sample-assertion' },
    redeem: sampleAssertion,
  },
  {
    flow: 'oauth-token-resource-owner-password-credentials',
    parameters: { grant_type: 'password', username: SAMPLE_USER, password: 'sample-password' },
    redeem: (request, dryRun) =>
      passwordGrant(request, { id: personOf(dryRun), username: dryRun.username ?? SAMPLE_USER, attributes: attributesOf(dryRun) }),
  },
  {
    flow: 'oauth-token-backchannel-authentication',
    parameters: { grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id: 'sample-auth-req-id' },
    redeem: sampleApproval,
  },
  {
    flow: 'oauth-token-oauth-token-exchange',
    parameters: {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: 'sample-subject-token',
      subject_token_type: TOKEN_TYPE.accessToken,
    },
    redeem: sampleExchange,
  },
  {
    flow: 'oauth-token-token-exchange',
    parameters: { grant_type: 'https://curity.se/grant/accesstoken', token: 'sample-token' },
    redeem: (request, dryRun) => exchangedToken(request, sampleSubject(request, dryRun), parameter(request.form, 'token') ?? ''),
  },
  {
    flow: 'oauth-authorize-authorization-code',
    parameters: { response_type: 'code', redirect_uri: SAMPLE_REDIRECT_URI, state: 'sample-state', code_challenge: SAMPLE_CHALLENGE },
    redeem: sampleAuthorization,
  },
  {
    flow: 'oauth-authorize-implicit',
    parameters: { response_type: 'token', redirect_uri: SAMPLE_REDIRECT_URI, state: 'sample-state', nonce: SAMPLE_NONCE },
    redeem: sampleAuthorization,
  },
  {
    flow: 'openid-authorize-hybrid',
    parameters: {
      ...{ response_type: 'code token', redirect_uri: SAMPLE_REDIRECT_URI, state: 'sample-state', nonce: SAMPLE_NONCE },
      code_challenge: SAMPLE_CHALLENGE,
    },
    redeem: sampleAuthorization,
  },
  { flow: 'oauth-backchannel-authentication', parameters: { scope: 'openid', login_hint: SAMPLE_USER }, redeem: sampleAsking },
  { flow: 'oauth-device-authorization', parameters: {}, redeem: sampleDevice },
  { flow: 'openid-userinfo', parameters: {}, redeem: sampleUserinfo },
];

/** @throws DryRunError for a flow that issues no tokens */
export function sampleOf(flow: FlowId): SampleGrant {
  const sample = SAMPLES.find((each) => each.flow === flow);
  if (sample === undefined) throw new DryRunError('/flow', `flow ${flow} cannot be tried`);
  return sample;
}

/** A person has allowed the client all of its scopes some time ago. */
function sampleRefresh(request: TokenRequest, dryRun: DryRunRequest): RedeemedGrant {
  const { client, now } = request;
  const scope = [...client.scopes].join(' ');
  const owner = personOf(dryRun);
  const view: DelegationView = { id: 'sample-delegation', clientId: client.id, owner, scope };
  const delegation = { id: view.id, view: JSON.stringify(view), expiresAt: now + client.delegationLifetime };
  const minted = mintOpaqueToken('refresh_token', now + client.refreshTokens.lifetime);
  return refreshed(request, {
    delegation,
    scopes: narrowedScopes(parameter(request.form, 'scope'), delegation.view, client),
    data: { ...{ purpose: 'refresh_token', delegationId: view.id, sub: owner, scope, iat: now, nbf: now }, ...dryRun.tokenData },
    token: { key: minted.key, value: minted.value },
  });
}

/** A person was asked on another device, and has just said yes. */
function sampleApproval(request: TokenRequest, dryRun: DryRunRequest): RedeemedGrant {
  const { client, now } = request;
  const approved = {
    ...{ id: 'sample-request', subject: personOf(dryRun), scopes: dryRun.scopes ?? [...client.scopes], resources: [] },
    ...{ bindingMessage: 'W4SCT', acrValues: [], signInWithin: null, authenticatedAt: now, ...byPassword(request.route.profile) },
  };
  return approvedGrant(request, approved, { username: dryRun.username ?? SAMPLE_USER, attributes: attributesOf(dryRun) }, null);
}

/** A client wants a person to be asked. */
function sampleAsking({ client, form, route }: TokenRequest, dryRun: DryRunRequest): RedeemedGrant {
  const person = { id: personOf(dryRun), username: dryRun.username ?? SAMPLE_USER, attributes: attributesOf(dryRun) };
  const { lifetime } = route.endpoint.backchannelAuthentication ?? DEFAULT_BACKCHANNEL_AUTHENTICATION;
  return requestTerms(dryRun.scopes ?? [...client.scopes], person, {
    ...{ id: 'sample-request', page: `${route.profile.baseUrl}/people/approve?request=sample-request`, lifetime },
    bindingMessage: parameter(form, 'binding_message') ?? null,
    acrValues: (parameter(form, 'acr_values') ?? '').split(' ').filter((value) => value !== ''),
  });
}

/** A trusted issuer speaks for a person, whom it knows by the same name. */
function sampleAssertion(request: TokenRequest, dryRun: DryRunRequest): RedeemedGrant {
  const { route, now } = request;
  const times = { iat: now, exp: now + SAMPLE_SECONDS };
  const subject = personOf(dryRun);
  const claims = { iss: SAMPLE_ISSUER, sub: subject, aud: route.profile.issuer, ...times, jti: 'sample-jti', ...dryRun.tokenData };
  return asserted(request, { claims, subject });
}

/** A person's token, for this client, is exchanged by it; without data, one that only the procedure can judge. */
function sampleExchange(request: TokenRequest, dryRun: DryRunRequest): RedeemedGrant {
  const asked = readExchangeRequest(request);
  const subject = dryRun.tokenData === null ? null : sampleSubject(request, dryRun);
  const claims = { iss: request.route.profile.issuer, sub: SAMPLE_ACTOR };
  const actor = asked.actorToken === null ? null : { ...(subject ?? sampleSubject(request, {})), claims, subject: SAMPLE_ACTOR };
  return exchanged(request, asked, subject, actor);
}

/** A person has given a token, which is good for all scopes of the client, to another client. */
function sampleSubject({ client, route, now }: TokenRequest, dryRun: Pick<DryRunRequest, 'tokenData'>): SecurityToken {
  const scope = [...client.scopes].join(' ');
  const owner = personOf(dryRun);
  const view: DelegationView = { id: 'sample-delegation', clientId: SAMPLE_HOLDER, owner, scope };
  const claims: Record<string, unknown> = {
    ...{ purpose: 'access_token', delegationId: view.id, iss: route.profile.issuer, sub: owner, aud: client.id, scope },
    ...{ iat: now - SIGNED_IN, nbf: now - SIGNED_IN, exp: now + SAMPLE_SECONDS },
    ...dryRun.tokenData,
  };
  const { exp, scope: held } = claims;
  if (typeof exp !== 'number') throw new DryRunError('/tokenData/exp', 'must be a number of seconds since 1970');
  if (typeof held !== 'string') throw new DryRunError('/tokenData/scope', 'must be a string of space separated names');
  return {
    claims,
    subject: owner,
    expiresAt: exp,
    own: {
      purpose: 'access_token',
      clientId: SAMPLE_HOLDER,
      delegation: { id: view.id, view: JSON.stringify(view), expiresAt: now + client.delegationLifetime },
      scopes: scopeNames(held).list,
      scopeExpiry: () => undefined,
    },
  };
}

/** A person has just allowed the client what it asks for. */
function sampleAuthorization(request: TokenRequest, dryRun: DryRunRequest): RedeemedGrant {
  const { client, form } = request;
  const type = sampleResponseType(request, dryRun.flow);
  const scopes = grantedScopes(parameter(form, 'scope'), client);
  if (type.idToken && !scopes.includes('openid'))
    throw new DryRunError('/form/response_type', 'asks for an id_token, which needs the scope openid');
  const answerTo: ReturnAddress = {
    redirectUri: SAMPLE_REDIRECT_URI,
    mode: responseModes(type)[0],
    state: parameter(form, 'state') ?? null,
  };
  const asked = {
    ...{ client, type, redirectUri: SAMPLE_REDIRECT_URI, answerTo, scopes, resources: [], dpopJkt: null, maxAge: null },
    ...{ claims: NO_CLAIMS, subjects: null, contexts: null },
    codeChallenge: type.code ? SAMPLE_CHALLENGE : null,
    nonce: parameter(form, 'nonce') ?? null,
    prompts: new Set<never>(),
  };
  return authorizationTerms(asked, sessionOf(dryRun, request.now), null, request);
}

/** @throws DryRunError for one that is none of the flow's */
export function sampleResponseType({ form }: Pick<TokenRequest, 'form'>, flow: string): ResponseType {
  const type = responseTypeOf(parameter(form, 'response_type') ?? 'code');
  if (type === undefined || (flow.includes('-authorize-') && type.flow !== flow))
    throw new DryRunError('/form/response_type', `is not a response type of the flow ${flow}`);
  return type;
}

/** A device has asked for what its client may have. */
function sampleDevice({ client, form, route, now }: TokenRequest): RedeemedGrant {
  const request = { scopes: grantedScopes(parameter(form, 'scope'), client), resources: [] };
  const userCode = { text: SAMPLE_DEVICE.userCode, hash: new Uint8Array(32) };
  const { settings } = SAMPLE_DEVICE;
  return deviceTerms(request, { client, profile: route.profile.id, issuer: route.profile.issuer, settings, userCode, boundTo: null, now });
}

/** The attributes of the person are what the token says beyond its own claims. */
function sampleUserinfo({ client, now, route }: TokenRequest, dryRun: DryRunRequest): RedeemedGrant {
  const subject = personOf(dryRun);
  const scopes = dryRun.scopes ?? [...client.scopes];
  const scope = scopes.join(' ');
  const attributes = attributesOf(dryRun);
  const view: DelegationView = { id: 'sample-delegation', clientId: client.id, owner: subject, scope };
  const expiresAt = now + client.accessTokenLifetime;
  const data = { purpose: 'access_token', delegationId: view.id, sub: subject, scope, iat: now, nbf: now, exp: expiresAt };
  const token = { subject, scopes: new Set(scopes), delegation: JSON.stringify(view), delegationId: view.id, expiresAt };
  const presented = { scheme: 'Bearer', token: mintOpaqueToken('access_token', expiresAt).value } as const;
  const shown = { ...token, data: JSON.stringify(data), expiredScopes: [] };
  return userinfoTerms(presented, shown, attributes, { ...releasedClaims(attributes, scopes, route.profile.profile), sub: subject });
}

function codeGrant(request: TokenRequest, dryRun: DryRunRequest): CodeGrant {
  const { code } = sampleAuthorization(request, dryRun);
  if (code === null) throw new Error('an authorization gives a code');
  return { ...code, nonce: SAMPLE_NONCE };
}

function sessionOf(dryRun: DryRunRequest, now: number): LoginSession {
  const authenticatedAt = now - SIGNED_IN;
  return { id: SAMPLE_SESSION, subject: personOf(dryRun), authenticatedAt, acr: 'urn:tokenwright:password', amr: ['pwd'], attributes: {} };
}

function personOf({ tokenData }: Pick<DryRunRequest, 'tokenData'>): string {
  const { sub } = tokenData ?? {};
  return typeof sub === 'string' ? sub : SAMPLE_USER;
}

/** What is known of the person beside who it is. */
function attributesOf({ tokenData }: DryRunRequest): Record<string, unknown> {
  const attributes = { ...tokenData };
  delete attributes['sub'];
  return attributes;
}

import type { RegisteredClient } from '../client/registered-client.ts';
import type { Route } from '../configuration/snapshot.ts';
import { OAuthError } from '../errors.ts';
import { requestedResources } from '../token/resource-target.ts';
import { grantedScopes } from '../token/scope.ts';
import { keptParameters, parameter, parameters, type Form } from '../transport/form.ts';
import { askedClaims, type AskedClaims } from './asked-claims.ts';
import { isSameRedirectUri } from './redirect-uri.ts';
import { responseModes, responseTypeOf, type ResponseMode, type ResponseType } from './response-type.ts';

/** Where an answer goes. */
export interface ReturnAddress {
  readonly redirectUri: string;
  readonly mode: ResponseMode;
  readonly state: string | null;
  /** Whether nobody but the client itself has said that people may be sent there; absent for no. */
  readonly isUnvouched?: boolean;
}

/** An authorization request that may be granted, when its person allows it. RFC 6749 section 4.1.1, OpenID Connect Core section 3.1.2.1. */
export interface AuthorizationRequest extends AskedClaims {
  readonly client: RegisteredClient;
  readonly type: ResponseType;
  readonly answerTo: ReturnAddress;
  /** As it was sent; null when it was left out. */
  readonly redirectUri: string | null;
  readonly scopes: readonly string[];
  /** RFC 8707 section 2.1. */
  readonly resources: readonly string[];
  /** Null where no code is asked for. */
  readonly codeChallenge: string | null;
  readonly nonce: string | null;
  /** RFC 9449 section 10. */
  readonly dpopJkt: string | null;
  readonly prompts: ReadonlySet<Prompt>;
  /** Seconds since the person last signed in; null for any. */
  readonly maxAge: number | null;
}

/** What the person is to be shown. OpenID Connect Core section 3.1.2.1. */
export type Prompt = 'none' | 'login' | 'consent' | 'select_account';
const PROMPTS: ReadonlySet<string> = new Set(['none', 'login', 'consent', 'select_account'] satisfies Prompt[]);

/** Something is wrong with a request, and its client may be told. */
export class RefusedRequest extends Error {
  constructor(
    readonly error: OAuthError,
    readonly answerTo: ReturnAddress,
  ) {
    super(error.message);
    this.name = 'RefusedRequest';
  }
}

/** Characters of a parameter that is passed on. */
const LONGEST = 4096;
/** Bytes of all, names included, as they are sealed: they go along in addresses while the person is asked, and servers take no more than 16 KB. */
const MOST_TOGETHER = 8192;

/**
 * Finds out whose request it is, and where its answer goes. Until both are known nobody is redirected. RFC 6749 section 4.1.2.1.
 *
 * @throws OAuthError for the person's eyes: the client cannot be told
 */
export async function returnAddress(
  given: Form,
  { profile }: Route,
): Promise<{ readonly client: RegisteredClient; readonly answerTo: ReturnAddress; readonly redirectUri: string | null }> {
  const client = await profile.findClient(parameter(given, 'client_id') ?? '');
  const settings = client?.client.authorizationCode;
  if (client === undefined || settings === null || settings === undefined)
    throw new OAuthError('invalid_request', 'The application is not known here, or does not let people sign in.');
  const requested = parameter(given, 'redirect_uri') ?? null;
  const [only, ...others] = settings.redirectUris;
  const redirectUri = requested ?? (others.length === 0 ? only : undefined);
  if (redirectUri === undefined) throw new OAuthError('invalid_request', 'The redirect_uri parameter is missing.');
  if (!settings.redirectUris.some((registered) => isSameRedirectUri(registered, redirectUri)))
    throw new OAuthError('invalid_request', 'The redirect_uri is not one of the application.');
  const modes = responseModes(responseTypeOf(parameter(given, 'response_type')) ?? { token: false, idToken: false });
  const mode = modes.find((known) => known === parameter(given, 'response_mode')) ?? modes[0];
  const state = parameter(given, 'state') ?? null;
  // It would be repeated, in an address that no server takes.
  if (state !== null && state.length > LONGEST) throw new OAuthError('invalid_request', `The state is longer than ${LONGEST} characters.`);
  return { client, redirectUri: requested, answerTo: { redirectUri, mode, state, isUnvouched: settings.isUnvouched === true } };
}

/**
 * Checks everything else.
 *
 * @throws OAuthError that the client cannot be told; RefusedRequest that it can
 */
export async function authorizationRequest(given: Form, route: Route): Promise<AuthorizationRequest> {
  const { client, answerTo, redirectUri } = await returnAddress(given, route);
  const refuse = (code: string, description: string) => new RefusedRequest(new OAuthError(code, description), answerTo);
  const lengths = [...given.keys()].map((name) => [name, parameters(given, name).join(' ').length] as const);
  for (const [name, length] of lengths)
    if (length > LONGEST) throw refuse('invalid_request', `A parameter is longer than ${LONGEST} characters${named(name)}.`);
  if (Buffer.byteLength(JSON.stringify(keptParameters(given))) > MOST_TOGETHER)
    throw refuse('invalid_request', `The parameters are longer than ${MOST_TOGETHER} bytes together.`);
  const type = allowedType(given, client, route, refuse);
  const mode = parameter(given, 'response_mode');
  if (mode !== undefined && mode !== answerTo.mode)
    throw refuse('invalid_request', `The response_mode must be ${responseModes(type).join(' or ')} for this response_type.`);
  if (given.has('registration')) throw refuse('registration_not_supported', 'The registration parameter is not supported.');
  const scopes = askedScopes(given, type, client, refuse);
  return {
    client,
    type,
    answerTo,
    redirectUri,
    scopes,
    ...told(refuse, () =>
      askedClaims({ claims: parameter(given, 'claims'), acrValues: parameter(given, 'acr_values') }, scopes, client, route.profile),
    ),
    resources: told(refuse, () => requestedResources(parameters(given, 'resource'), client, route.profile)),
    codeChallenge: type.code ? codeChallenge(given, refuse) : null,
    nonce: nonce(given, type, refuse),
    dpopJkt: dpopJkt(given, type, refuse),
    prompts: promptsOf(given, refuse),
    // OpenID Connect Dynamic Client Registration section 2 (`default_max_age`).
    maxAge: maxAge(given, refuse) ?? client.openId.defaultMaxAge ?? null,
  };
}

type Refuse = (code: string, description: string) => RefusedRequest;

/** What is wrong is for the client to know. */
function told<T>(refuse: Refuse, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof OAuthError) throw refuse(error.code, error.message);
    throw error;
  }
}

/** What is asked for, where profile and client are meant to give it: the implicit and hybrid flows are off unless both name them. */
function allowedType(given: Form, client: RegisteredClient, { profile }: Route, refuse: Refuse): ResponseType {
  const text = parameter(given, 'response_type');
  if (text === undefined) throw refuse('invalid_request', 'The response_type parameter is missing.');
  const type = responseTypeOf(text);
  if (type === undefined || (type.name !== 'code' && !profile.profile.capabilities.includes(type.capability)))
    throw refuse('unsupported_response_type', 'The response_type is not supported.');
  if (!profile.profile.capabilities.includes(type.capability) || !client.may(type.capability))
    throw refuse('unauthorized_client', 'The client may not use this flow.');
  // Nobody shows a key on the way back from a browser. RFC 9449 section 5, RFC 9700 section 2.1.2.
  if (type.token && client.client.boundAccessTokens !== null)
    throw refuse('unauthorized_client', 'The access tokens of the client are bound: it gets them at the token endpoint only.');
  return type;
}

function askedScopes(given: Form, type: ResponseType, client: RegisteredClient, refuse: Refuse): readonly string[] {
  const scopes = told(refuse, () => grantedScopes(parameter(given, 'scope'), client));
  // OpenID Connect Core sections 3.2.2.1 and 3.3.2.1.
  if (type.idToken && !scopes.includes('openid')) throw refuse('invalid_request', 'An id_token needs the scope openid.');
  // Nothing that the client gets works while the person is away: ignored, says OpenID Connect Core section 11.
  return type.code ? scopes : scopes.filter((scope) => scope !== 'offline_access');
}

/** Only the nonce ties an id token from a browser to the request. OpenID Connect Core sections 3.2.2.1 and 3.3.2.1. */
function nonce(given: Form, type: ResponseType, refuse: Refuse): string | null {
  const value = parameter(given, 'nonce') ?? null;
  if (type.idToken && value === null) throw refuse('invalid_request', 'The nonce parameter is missing: an id_token needs it.');
  return value;
}

/** Every code has a challenge, of clients with a secret too. RFC 7636 section 4.4.1, RFC 9700 section 2.1.1. */
function codeChallenge(given: Form, refuse: Refuse): string {
  const challenge = parameter(given, 'code_challenge');
  if (challenge === undefined) throw refuse('invalid_request', 'The code_challenge parameter is missing: PKCE is needed.');
  if (parameter(given, 'code_challenge_method') !== 'S256') throw refuse('invalid_request', 'The code_challenge_method must be S256.');
  if (!/^[A-Za-z0-9_-]{43}$/.test(challenge)) throw refuse('invalid_request', 'The code_challenge is malformed.');
  return challenge;
}

function dpopJkt(given: Form, type: ResponseType, refuse: Refuse): string | null {
  const thumbprint = parameter(given, 'dpop_jkt') ?? null;
  if (thumbprint !== null && !/^[A-Za-z0-9_-]{43}$/.test(thumbprint)) throw refuse('invalid_request', 'The dpop_jkt is malformed.');
  if (thumbprint !== null && type.token)
    throw refuse('invalid_request', 'A token of the authorization endpoint cannot be bound to a key: leave out dpop_jkt or the token.');
  return thumbprint;
}

function promptsOf(given: Form, refuse: Refuse): ReadonlySet<Prompt> {
  const names = (parameter(given, 'prompt') ?? '').split(' ').filter((name) => name !== '');
  for (const name of names) if (!PROMPTS.has(name)) throw refuse('invalid_request', 'A value of prompt is not known.');
  const prompts = new Set(names as Prompt[]);
  if (prompts.has('none') && prompts.size > 1) throw refuse('invalid_request', 'The prompt none goes with no other.');
  return prompts;
}

function maxAge(given: Form, refuse: Refuse): number | null {
  const text = parameter(given, 'max_age');
  if (text === undefined) return null;
  if (!/^\d{1,9}$/.test(text)) throw refuse('invalid_request', 'The max_age must be a number of seconds.');
  return Number(text);
}

/** Only names of our own are repeated: others are whatever somebody wrote. */
function named(name: string): string {
  return /^[a-z_]{1,40}$/.test(name) ? `: ${name}` : '';
}

import { decodeJwt, decodeProtectedHeader } from 'jose';
import { areAudiences, ASSERTION_ALGORITHMS, ASSERTION_TOLERANCE } from '../client/client-assertion.ts';
import { KeysUnavailable, WrongSignature, type ForeignKeys } from '../foreign-keys.ts';
import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import { OAuthError } from '../errors.ts';
import { parameter, type Form } from '../transport/form.ts';

const MOST_CHARACTERS = 16_384;
/** Media types as `typ`: none, the general one and the explicit one, so that no other JWT of the client is taken for a request. */
const TYPES: ReadonlySet<unknown> = new Set([undefined, 'jwt', 'oauth-authz-req+jwt']);
/** Claims that are no parameters of the authorization request. RFC 9101 section 4. */
const CLAIMS: ReadonlySet<string> = new Set(['iss', 'aud', 'exp', 'nbf', 'iat', 'jti', 'sub']);

/** Authorization requests that a client has signed. RFC 9101. */
export class RequestObjects {
  constructor(
    private readonly keys: ForeignKeys,
    private readonly clock: () => number,
  ) {}

  /**
   * The parameters that count: those of the signed request where there is one, and no others beside it. Section 6.3.
   *
   * @throws OAuthError that only the person can be told: nothing of what the request says can be believed
   */
  async resolved(given: Form, profile: ProfileSnapshot): Promise<Form> {
    const text = parameter(given, 'request');
    const clientId = parameter(given, 'client_id') ?? '';
    const client = await profile.findClient(clientId);
    if (text === undefined) {
      if (client?.client.authorizationCode?.signedRequestsOnly === true)
        throw new OAuthError('invalid_request', 'The application has to sign its requests.');
      return given;
    }
    if (given.has('request_uri')) throw new OAuthError('invalid_request', 'Send one of request and request_uri.');
    const claims = await this.verified(text, clientId, profile, (said) => {
      if (said['client_id'] !== clientId) throw invalid('must have the client_id of the request.');
    });
    return parametersOf(claims);
  }

  /**
   * The claims of a request that a client has signed, whatever it asks for.
   *
   * @param check what this sort of request needs beside; asked before the signature is verified
   * @throws OAuthError `invalid_request_object`
   */
  async verified(text: string, clientId: string, profile: ProfileSnapshot, check: (claims: Claims) => void): Promise<Claims> {
    const { algorithm, claims } = read(text, profile, clientId, this.clock());
    check(claims);
    const settings = (await profile.findClient(clientId))?.client.authentication ?? null;
    if (settings === null) throw invalid('is of an application without keys.');
    try {
      const expected = { algorithms: [algorithm], clockTolerance: ASSERTION_TOLERANCE };
      await this.keys.verify(text, settings, expected, profile, this.clock());
    } catch (error) {
      if (error instanceof WrongSignature) throw invalid('has a wrong signature, or has expired.');
      if (error instanceof KeysUnavailable)
        throw new OAuthError('temporarily_unavailable', 'The keys of the application cannot be had now. Try again later.', {
          cause: error,
        });
      throw error;
    }
    return claims;
  }
}

type Claims = Readonly<Record<string, unknown>>;

/** All that needs no key. RFC 9101 sections 4 and 10.8, RFC 8725 section 3. */
function read(
  text: string,
  profile: ProfileSnapshot,
  clientId: string,
  now: number,
): { readonly algorithm: string; readonly claims: Claims } {
  if (text.length > MOST_CHARACTERS) throw invalid('is too long.');
  const { header, claims } = decoded(text);
  const { alg, typ } = header;
  if (typeof alg !== 'string' || !ASSERTION_ALGORITHMS.includes(alg))
    throw invalid(`must be signed with one of ${ASSERTION_ALGORITHMS.join(', ')}.`);
  if (!TYPES.has(typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : typ))
    throw invalid('is a JWT of another type.');
  if (claims['iss'] !== undefined && claims['iss'] !== clientId) throw invalid('must have the client id as iss.');
  if (!areAudiences(claims['aud'], (value) => value === profile.issuer)) throw invalid('is for another audience: aud must be the issuer.');
  for (const name of ['request', 'request_uri']) if (Object.hasOwn(claims, name)) throw invalid(`must have no ${name} in it.`);
  const { exp, nbf } = claims;
  if (typeof exp !== 'number' || exp + ASSERTION_TOLERANCE <= now) throw invalid('needs an exp that lies ahead.');
  if (nbf !== undefined && (typeof nbf !== 'number' || nbf > now + ASSERTION_TOLERANCE)) throw invalid('is not valid yet.');
  return { algorithm: alg, claims };
}

function decoded(text: string): { readonly header: Claims; readonly claims: Claims } {
  try {
    if (text.split('.').length === 3) return { header: { ...decodeProtectedHeader(text) }, claims: decodeJwt(text) };
  } catch {
    // Whatever it stumbles over, it is not one.
  }
  throw invalid('is not a signed JWT.');
}

/** Claims as a form would have them: numbers as text, `claims` and its like as JSON, `resource` once or several times. */
export function parametersOf(claims: Claims): Form {
  const parameters = new Map<string, string | readonly string[]>();
  for (const [name, value] of Object.entries(claims)) {
    if (CLAIMS.has(name) || value === null || value === '') continue;
    if (name === 'resource' && Array.isArray(value) && value.every((one) => typeof one === 'string')) parameters.set(name, value);
    else if (typeof value === 'string') parameters.set(name, value);
    else if (typeof value === 'number' || typeof value === 'boolean') parameters.set(name, String(value));
    else if (typeof value === 'object') parameters.set(name, JSON.stringify(value));
  }
  return parameters;
}

/** What is wrong with a request object. RFC 9101 section 6.3. */
export function invalid(what: string): OAuthError {
  return new OAuthError('invalid_request_object', `The request object ${what}`);
}

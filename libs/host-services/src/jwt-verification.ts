import { decodeProtectedHeader, errors, jwtVerify, type JSONWebKeySet, type JWTVerifyGetKey, type JWTVerifyOptions } from 'jose';
import { HostServiceError, type JwtVerification } from '#libs/oauth';
import { localKeySet, type KeySets } from './key-sets.ts';

/** Signatures by key pairs: what is taken unless a procedure names its own. */
const ASYMMETRIC: readonly string[] = ['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512'];
/** What the platform throws for a key that is not what it says. */
const UNUSABLE: ReadonlySet<string> = new Set(['TypeError', 'DataError', 'InvalidAccessError', 'NotSupportedError', 'OperationError']);
/** Signatures by a shared key: only with a key set that the procedure gives, since a published key is no secret. */
const SYMMETRIC: readonly string[] = ['HS256', 'HS384', 'HS512'];

const LONGEST_JWT = 65_536;

/**
 * Verifies JWTs for procedures: signature, algorithm, times, and whatever else is asked for. RFC 7519, RFC 8725.
 *
 * @returns the payload as JSON text
 * @throws HostServiceError
 */
export async function verifyJwt(verification: JwtVerification, keySets: KeySets): Promise<string> {
  const { token, clients } = verification;
  if (token.length > LONGEST_JWT) throw invalid(`the token has more than ${LONGEST_JWT} characters`);
  const algorithm = algorithmOf(token);
  const allowed = allowedAlgorithms(verification);
  if (!allowed.includes(algorithm)) throw invalid(`the token is signed with ${algorithm}, which is not among ${allowed.join(', ')}`);
  const options = optionsOf(verification, algorithm);
  try {
    if (verification.keySet !== undefined) {
      const keySet = keySetOf(verification.keySet);
      return await payloadOf(token, SYMMETRIC.includes(algorithm) ? sharedKey(keySet) : localKeySet(keySet), options);
    }
    return await payloadOf(token, await published(verification, keySets, { clients }), options);
  } catch (error) {
    throw explained(error);
  }
}

async function published(verification: JwtVerification, keySets: KeySets, fetching: { readonly clients: JwtVerification['clients'] }) {
  if (verification.jwksUri !== undefined) return keySets.byUri(verification.jwksUri, fetching);
  if (verification.issuer !== undefined) return keySets.byIssuer(verification.issuer, fetching);
  throw new HostServiceError('refused', 'name the keys by one of jwksUri, issuer and keySet');
}

/** The text as it was signed: claims keep their order and their numbers. */
async function payloadOf(token: string, keys: JWTVerifyGetKey, options: JWTVerifyOptions): Promise<string> {
  await jwtVerify(token, keys, options);
  return Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
}

function algorithmOf(token: string): string {
  try {
    const { alg } = decodeProtectedHeader(token);
    if (typeof alg === 'string' && /^[\w-]{1,20}$/.test(alg) && token.split('.').length === 3) return alg;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  throw invalid('it is not a signed JWT');
}

function allowedAlgorithms({ algorithms, keySet }: JwtVerification): readonly string[] {
  if (algorithms === undefined) return ASYMMETRIC;
  if (algorithms.length === 0) throw new HostServiceError('refused', 'algorithms must name at least one algorithm, or be left out');
  for (const algorithm of algorithms) {
    if (ASYMMETRIC.includes(algorithm)) continue;
    if (!SYMMETRIC.includes(algorithm))
      throw new HostServiceError(
        'refused',
        `${JSON.stringify(algorithm.slice(0, 20))} is no algorithm of signatures that can be verified; there are ${[...ASYMMETRIC, ...SYMMETRIC].join(', ')}`,
      );
    if (keySet === undefined)
      throw new HostServiceError('refused', `${algorithm} needs a keySet with its key: a published key is no secret`);
  }
  return algorithms;
}

function optionsOf({ audience, issuer, clockTolerance, typ, now }: JwtVerification, algorithm: string): JWTVerifyOptions {
  return {
    algorithms: [algorithm],
    currentDate: new Date(now * 1000),
    ...(audience === undefined ? {} : { audience: [...audience] }),
    ...(issuer === undefined ? {} : { issuer }),
    ...(clockTolerance === undefined ? {} : { clockTolerance }),
    ...(typ === undefined ? {} : { typ }),
  };
}

function keySetOf(given: unknown): JSONWebKeySet {
  const { keys } = (typeof given === 'object' && given !== null ? given : {}) as { readonly keys?: unknown };
  if (!Array.isArray(keys) || keys.length > 100 || !keys.every((key) => typeof key === 'object' && key !== null && !Array.isArray(key)))
    throw new HostServiceError('refused', 'the keySet must be a JWK set with at most 100 keys: { keys: [...] }');
  return given as JSONWebKeySet;
}

/** Among the keys of kind `oct` the one that the header names; without a `kid` there must be but one. */
function sharedKey({ keys }: JSONWebKeySet): JWTVerifyGetKey {
  return ({ kid, alg }) => {
    const fitting = keys.filter(
      (key) =>
        key.kty === 'oct' && (kid === undefined || key.kid === kid) && (key.alg === undefined || key.alg === alg) && key.use !== 'enc',
    );
    const [key] = fitting;
    if (key === undefined || fitting.length > 1 || typeof key.k !== 'string')
      throw new HostServiceError('no-key', 'the keySet has no single key of kind oct that fits the header of the token');
    const bytes = Buffer.from(key.k, 'base64url');
    const least = Number(alg.slice(2)) / 8;
    if (bytes.length < least)
      throw new HostServiceError('refused', `a key for ${alg} must have at least ${least} bytes. RFC 7518 section 3.2`);
    return bytes;
  };
}

function explained(error: unknown): HostServiceError {
  if (error instanceof HostServiceError) return error;
  if (error instanceof errors.JWTExpired) return invalid('it has expired');
  if (error instanceof errors.JWTClaimValidationFailed) return invalid(error.message.slice(0, 200));
  if (error instanceof errors.JWSSignatureVerificationFailed) return invalid('the signature is wrong');
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return new HostServiceError('no-key', 'the key set has no single key that fits the header of the token');
  if (error instanceof errors.JWKSTimeout) return new HostServiceError('timeout', 'the key set did not come in time');
  if (error instanceof errors.JOSEError) return invalid(error.message.slice(0, 200));
  const { name } = error as { readonly name?: unknown };
  // Of a key that is not what it says; the library's and the platform's words are about the key alone.
  if (typeof name === 'string' && UNUSABLE.has(name))
    return new HostServiceError('no-key', 'the key that fits the header of the token cannot be used');
  throw error;
}

function invalid(reason: string): HostServiceError {
  return new HostServiceError('invalid', `the JWT is refused: ${reason}`);
}

import {
  createRemoteJWKSet,
  customFetch,
  decodeJwt,
  decodeProtectedHeader,
  jwtVerify,
  type JWTPayload,
  type JWTHeaderParameters,
} from 'jose';
import type { RunningService } from './running-service.ts';

export interface Jwk {
  readonly kid: string;
  readonly alg: string;
  readonly kty: string;
  readonly [member: string]: unknown;
}

export const PROFILE = 'token-service';

/** The key set that the profile's metadata names. */
export async function jwks(service: Pick<RunningService, 'url'>): Promise<readonly Jwk[]> {
  const response = await fetch(`${service.url}/~/jwks`);
  return ((await response.json()) as { keys: Jwk[] }).keys;
}

/** Verifies a JWT as an API does: with the published keys, by issuer and `typ`. Throws when it does not verify. */
export async function verified(
  service: Pick<RunningService, 'url'>,
  jwt: string,
  typ = 'at+jwt',
  audience?: string,
): Promise<{ payload: JWTPayload; header: JWTHeaderParameters }> {
  const keys = createRemoteJWKSet(new URL(`${service.url}/~/jwks`), { [customFetch]: fetch });
  const options = { issuer: `${service.url}/~`, typ, currentDate: new Date(Date.now()), ...(audience === undefined ? {} : { audience }) };
  const { payload, protectedHeader } = await jwtVerify(jwt, keys, options);
  return { payload, header: protectedHeader };
}

/** Claims and header of a JWT, unverified. */
export function decoded(jwt: string): { payload: Record<string, unknown>; header: Record<string, unknown> } {
  return { payload: decodeJwt(jwt), header: decodeProtectedHeader(jwt) };
}

/** Takes a JWT apart, changes its claims and puts it together with the signature it had. */
export function forged(jwt: string, change: Readonly<Record<string, unknown>>, header: Readonly<Record<string, unknown>> = {}): string {
  const [, , signature = ''] = jwt.split('.');
  const text = decoded(jwt);
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${encode({ ...text.header, ...header })}.${encode({ ...text.payload, ...change })}.${signature}`;
}

import { z } from 'zod';
import {
  ACCESS_TOKEN_FORMATS,
  ConfigurationError,
  entityKey,
  SIGNING_ALGORITHMS,
  type Configuration,
  type Origin,
  type TokenIssuer,
  type TokenIssuerKind,
} from '#libs/oauth';
import { shape } from './shape.ts';
import { lifetime } from './values.ts';

/** A token issuer as administrators write it. */
export const tokenIssuerBody = shape({
  kind: z.enum(ACCESS_TOKEN_FORMATS).optional().meta({ description: 'What it mints; by default its id, when that is the name of a kind.' }),
  isDefault: z
    .boolean()
    .optional()
    .meta({ description: 'Whether it is the default of its kind; by default yes, unless another one of the kind already is.' }),
  enabled: z.boolean().default(true).meta({ description: 'A disabled issuer gives procedures null instead of a token.' }),
  algorithm: z.enum(SIGNING_ALGORITHMS).nullable().default(null).meta({ description: 'For kinds that sign; null for ES256.' }),
  lifetime: lifetime
    .nullable()
    .default(null)
    .meta({ description: "Seconds its tokens live; null for the client's, else the profile's lifetime." }),
  allowSubjectChange: z.boolean().default(false).meta({ description: "Whether a procedure may set another `sub` than the delegation's." }),
}).meta({ description: 'Mints one sort of token.' });

export type TokenIssuerBody = z.output<typeof tokenIssuerBody>;

/**
 * The entity that a body describes.
 *
 * @param defaultByDefault for a body that does not say; of a new issuer, see `isFirstDefault`
 * @throws ConfigurationError when the kind is not said and the id does not tell, or an algorithm is given to a kind that does not sign
 */
export function tokenIssuerOf(profile: string, id: string, body: TokenIssuerBody, origin: Origin, defaultByDefault: boolean): TokenIssuer {
  const kind = tokenIssuerKindOf(id, body);
  const refuse = (pointer: string, message: string) =>
    new ConfigurationError([{ kind: 'token-issuer', key: entityKey(profile, id), pointer, message }]);
  if (kind === undefined)
    throw refuse('/kind', `is missing; must be one of ${ACCESS_TOKEN_FORMATS.map((known) => `"${known}"`).join(', ')}`);
  if (kind === 'opaque' && body.algorithm !== null) throw refuse('/algorithm', 'opaque tokens are not signed');
  const { enabled, algorithm, lifetime, allowSubjectChange } = body;
  return { profile, id, kind, isDefault: body.isDefault ?? defaultByDefault, enabled, algorithm, lifetime, allowSubjectChange, origin };
}

/** The kind that a body says, or that the id names. */
export function tokenIssuerKindOf(id: string, body: Pick<TokenIssuerBody, 'kind'>): TokenIssuerKind | undefined {
  return body.kind ?? ACCESS_TOKEN_FORMATS.find((kind) => kind === id);
}

/** Whether an issuer may be the default of its kind: it is already, or no other one of the profile is. */
export function isFirstDefault(configuration: Configuration, profile: string, id: string, kind: TokenIssuerKind | undefined): boolean {
  for (const other of configuration.all('token-issuer'))
    if (other.profile === profile && other.id !== id && other.kind === kind && other.isDefault) return false;
  return true;
}

/** The issuers of a profile whose operator says nothing about them: one of each kind, with the kind as its id. */
export function defaultTokenIssuers(profile: string, origin: Origin): readonly TokenIssuer[] {
  return ACCESS_TOKEN_FORMATS.map((kind) => tokenIssuerOf(profile, kind, tokenIssuerBody.parse({}), origin, true));
}

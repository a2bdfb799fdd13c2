import { z } from 'zod';
import { ASSERTION_ALGORITHMS, DEFAULT_TOKEN_EXCHANGE, SUBJECT_TOKEN_POLICIES } from '#libs/oauth';
import { publicKeys, publicKeysUri } from './public-keys.ts';
import { shape, unique } from './shape.ts';
import { audience } from './values.ts';

const audiences = z.array(audience).max(100).superRefine(unique);

/** What a client may exchange, and for what. RFC 8693. */
export const tokenExchangeBody = shape({
  subjectTokens: z.enum(SUBJECT_TOKEN_POLICIES).default(DEFAULT_TOKEN_EXCHANGE.subjectTokens).meta({
    description:
      'Which tokens of other clients it may exchange: those whose `aud` names it, or any. A client with `any` can swap whatever token it gets hold of.',
  }),
  ownAudiences: audiences.default([]).meta({ description: 'Values of `aud` that mean the client itself, beside its id.' }),
  audiences: audiences
    .nullable()
    .default(null)
    .meta({ description: 'Audiences that the tokens it gets may have, beside its `audiences`; null for any that the profile allows.' }),
}).meta({ description: 'What a client may exchange, and for what. RFC 8693.' });

/** Another service whose JWTs may be exchanged, or are assertions. What must go together is checked with the whole configuration. */
export const trustedIssuerBody = shape({
  issuer: z
    .string()
    .min(1)
    .max(512)
    .meta({ description: 'Value of `iss` in its tokens, exactly.', examples: ['https://partner.example'] }),
  jwks: publicKeys('Its public keys.'),
  jwksUri: publicKeysUri('https://partner.example/jwks'),
  audiences: audiences.min(1).meta({
    description:
      'A token that is exchanged must be for one of these: else every token that it issues for anybody could be. An assertion must be for the issuer or a token endpoint of the profile instead.',
  }),
  algorithms: z
    .array(z.enum(ASSERTION_ALGORITHMS as [string, ...string[]]))
    .min(1)
    .superRefine(unique)
    .default(['ES256', 'RS256', 'PS256', 'EdDSA'])
    .meta({ description: 'Signature algorithms that are taken.' }),
  subjectPrefix: z.string().max(256).nullable().default(null).meta({
    description:
      'Stands before the `sub` of its tokens here, so that its people are taken for nobody else; null for its issuer and `|`, empty where they are the same people.',
  }),
}).meta({ description: 'Another service whose JWTs may be exchanged for tokens of this one, or are assertions here.' });

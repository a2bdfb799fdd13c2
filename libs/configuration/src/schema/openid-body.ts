import { z } from 'zod';
import { DEFAULT_OPENID, LONGEST_MAX_AGE, SIGNING_ALGORITHMS, SUBJECT_TYPES } from '#libs/oauth';
import { shape, unique } from './shape.ts';

const algorithm = z.enum(SIGNING_ALGORITHMS).nullable().default(null);

/** Value of `acr`. OpenID Connect Core section 2. */
export const acr = z
  .string()
  .regex(/^[\x21-\x5B\x5D-\x7E]{1,255}$/, 'must have 1 to 255 printable ASCII characters without space and backslash')
  .refine((text) => !text.includes('"') && text !== '__proto__', 'must have no double quote')
  .meta({ description: 'Value of `acr`: a URI or a registered name.', examples: ['urn:example:second-factor'] });

/** How people are told to a client. What must go together is checked with the whole configuration. */
export const openIdBody = shape({
  idTokenSignedResponseAlg: algorithm.meta({
    description:
      '`id_token_signed_response_alg`; null for what the profile signs with by itself. Keys for it are made when there are none.',
  }),
  userinfoSignedResponseAlg: algorithm.meta({
    description:
      '`userinfo_signed_response_alg`: userinfo answers are JWTs signed by it; null for plain JSON. OpenID Connect Core section 5.3.2.',
  }),
  subjectType: z.enum(SUBJECT_TYPES).default(DEFAULT_OPENID.subjectType).meta({
    description:
      '`subject_type`: whether it is told the `sub` of the account, or one that no other sector knows the person by. OpenID Connect Core section 8.',
  }),
  sectorIdentifier: z
    .string()
    .max(253)
    .regex(/^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/, 'must be a host name in lower case, such as example.com')
    .nullable()
    .default(null)
    .meta({
      description:
        'Clients of the same sector are told the same pairwise `sub`; null for the one host of its redirect URIs. OpenID Connect Core section 8.1.',
      examples: ['example.com'],
    }),
  jwtAccessTokenSubject: z.enum(SUBJECT_TYPES).default(DEFAULT_OPENID.jwtAccessTokenSubject).meta({
    description:
      'Which `sub` its JWT access tokens have when its subjects are pairwise. It can read them: `public` tells it who the person is elsewhere.',
  }),
  defaultMaxAge: z.int().min(0).max(LONGEST_MAX_AGE).nullable().default(null).meta({
    description: '`default_max_age`: `max_age` of its authorization requests that have none, in seconds; null for any age.',
  }),
  defaultAcrValues: z.array(acr).max(20).superRefine(unique).default([]).meta({
    description: '`default_acr_values`: `acr_values` of its authorization requests that ask for no `acr`, most wanted first.',
  }),
}).meta({ description: 'How people are told to a client. OpenID Connect Dynamic Client Registration section 2.' });

/** How sure it may be who somebody is. */
export const authenticationContextsBody = shape({
  levels: z
    .record(acr, z.int().min(0).max(1000))
    .refine((levels) => Object.keys(levels).length >= 1 && Object.keys(levels).length <= 100, 'must have 1 to 100 members')
    .meta({
      description:
        'Level by value of `acr`: who has signed in by one of a level has satisfied every value of this level and of lower ones.',
      examples: [{ 'urn:example:password': 1, 'urn:example:second-factor': 2 }],
    }),
  password: acr.meta({ description: 'What signing in by a password gives: one of `levels`.' }),
}).superRefine(({ levels, password }, context) => {
  if (!Object.hasOwn(levels, password)) context.addIssue({ code: 'custom', path: ['password'], message: 'must be one of levels' });
});

import { z } from 'zod';
import { shape, values } from '#libs/configuration';
import type { DynamicClient, InitialAccessToken } from '#libs/oauth';

/** What requests and answers about clients look like that register themselves. */

const seconds = z.int().describe('Seconds since 1970.');
const LONGEST_TOKEN_LIFE = 31_536_000;

export const dynamicClientAnswer = z
  .strictObject({
    profile: z.string(),
    id: z.string(),
    endpoint: z.string().describe('The endpoint at which it has registered itself.'),
    template: z.string().describe('The registration template by which it was made.'),
    registeredBy: z
      .string()
      .describe('By what right: `initial-access-token ID`, `access-token CLIENT`, `software-statement ISSUER` or `anyone`.'),
    metadata: z.record(z.string(), z.unknown()).describe('As it is registered. RFC 7591 section 2.'),
    properties: z.record(z.string(), z.unknown()).describe('For procedures, beside those of the template.'),
    secrets: z.array(z.strictObject({ createdAt: seconds, expiresAt: seconds.nullable() })),
    createdAt: seconds,
    updatedAt: seconds,
    expiresAt: seconds.nullable(),
  })
  .meta({ id: 'DynamicClient' });

export function dynamicClientView(client: DynamicClient): z.output<typeof dynamicClientAnswer> {
  const { tokenHash: _, version: _version, secrets, metadata, properties, ...rest } = client;
  return {
    ...{ ...rest, metadata: { ...metadata }, properties: { ...properties } },
    secrets: secrets.map(({ createdAt, expiresAt }) => ({ createdAt, expiresAt })),
  };
}

export const initialAccessTokenAnswer = z
  .strictObject({
    profile: z.string(),
    id: z.string(),
    endpoint: z.string(),
    template: z.string().nullable().describe('Null for that of the endpoint.'),
    note: z.string(),
    uses: z.int().describe('Clients that were registered with it.'),
    maximumUses: z.int(),
    createdAt: seconds,
    createdBy: z.string(),
    expiresAt: seconds,
  })
  .meta({ id: 'InitialAccessToken' });

export const createdTokenAnswer = initialAccessTokenAnswer
  .extend({ token: z.string().describe('Its value, which is in this answer and nowhere else.') })
  .meta({ id: 'CreatedInitialAccessToken' });

export function initialAccessTokenView({ hash: _, ...token }: InitialAccessToken): z.output<typeof initialAccessTokenAnswer> {
  return token;
}

export const initialAccessTokenBody = shape({
  endpoint: values.id.optional().meta({ description: 'At which endpoint it is good; may be left out where the profile has one.' }),
  template: values.id
    .nullable()
    .default(null)
    .meta({ description: 'By which template its clients are made; null for that of the endpoint.' }),
  note: values.description.default('').meta({ description: 'For whom it is.' }),
  maximumUses: z.int().min(1).max(100_000).default(1).meta({ description: 'How many clients may be registered with it.' }),
  lifetime: z.int().min(1).max(LONGEST_TOKEN_LIFE).default(86_400).meta({ description: 'Seconds for which it is good, at most a year.' }),
});
export type InitialAccessTokenBody = z.output<typeof initialAccessTokenBody>;

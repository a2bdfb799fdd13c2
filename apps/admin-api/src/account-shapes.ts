import { z } from 'zod';
import { shape, upstreamName } from '#libs/configuration';
import {
  LONGEST_PASSWORD,
  passwordHashProblem,
  passwordProblem,
  usernameOf,
  type Account,
  type AccountLink,
  type SessionRecord,
} from '#libs/oauth';

/** What requests and answers about accounts look like. */

const MOST_ATTRIBUTE_BYTES = 16_384;

const username = z
  .string()
  .refine((text) => usernameOf(text) !== null, 'must have 1 to 128 characters and none that cannot be seen')
  .transform((text) => usernameOf(text) ?? '')
  .meta({ description: 'What somebody signs in by; neither case nor the width of characters tells two apart.', examples: ['alice'] });

/** OpenID Connect Core section 2 (`sub`). */
const subject = z.string().regex(/^[\x21-\x7e]{1,255}$/, 'must have 1 to 255 printable ASCII characters without space');

const upstreamSubject = z.string().min(1).max(512).describe('What the provider calls the person: the value of its `subjectClaim`.');

const attributes = z
  .record(z.string().min(1).max(256), z.unknown())
  .refine((value) => Buffer.byteLength(JSON.stringify(value)) <= MOST_ATTRIBUTE_BYTES, `must have at most ${MOST_ATTRIBUTE_BYTES} bytes`)
  .meta({ description: 'What is known of the person, for claims.', examples: [{ name: 'Alice', email: 'alice@example.com' }] });

const password = z
  .string()
  .max(LONGEST_PASSWORD)
  .refine((text) => passwordProblem(text, '') !== 'too-short', 'must have at least 8 characters')
  .nullable()
  .optional()
  .meta({ description: 'Of your choice; without the member one is generated, with null there is none.' });

const passwordHash = z
  .string()
  .superRefine((text, context) => {
    const message = passwordHashProblem(text);
    if (message !== null) context.addIssue({ code: 'custom', message });
  })
  .nullable()
  .meta({ description: 'A hash from elsewhere: argon2id, bcrypt up to cost 14, or PBKDF2. It becomes argon2id when its person signs in.' });

export const newAccountBody = shape({
  username,
  password,
  passwordHash: passwordHash.optional(),
  attributes: attributes.default({}),
  enabled: z.boolean().default(true),
}).refine((body) => body.password === undefined || body.passwordHash === undefined, {
  path: ['passwordHash'],
  message: 'must not be there beside "password"',
});
export type NewAccountBody = z.output<typeof newAccountBody>;

export const accountChangeBody = shape({ attributes: attributes.optional(), enabled: z.boolean().optional() }).refine(
  ({ attributes: given, enabled }) => given !== undefined || enabled !== undefined,
  'must have "attributes" or "enabled"',
);
export type AccountChangeBody = z.output<typeof accountChangeBody>;

export const passwordBody = shape({ password });

/** What an account is at an upstream provider. */
export const newLinkBody = shape({
  provider: upstreamName.meta({ description: 'Name of an upstream provider of the profile.', examples: ['company'] }),
  subject: upstreamSubject,
});
export const linkQuery = shape({
  issuer: z.string().min(1).max(512).describe('Of the provider, also of one that the profile knows no more.'),
  subject: upstreamSubject,
});

/** A line of an import. */
export const importedAccount = shape({
  username,
  id: subject.optional().meta({ description: 'The subject, where other systems know it; without it a new one is made.' }),
  passwordHash: passwordHash.default(null),
  attributes: attributes.default({}),
  enabled: z.boolean().default(true),
});

const seconds = z.int().describe('Seconds since 1970.');
export const accountAnswer = z
  .strictObject({
    profile: z.string(),
    id: z.string().describe('The subject of tokens.'),
    username: z.string(),
    attributes: z.record(z.string(), z.unknown()),
    enabled: z.boolean(),
    hasPassword: z.boolean(),
    createdAt: seconds,
    updatedAt: seconds,
    passwordChangedAt: seconds.nullable(),
    failures: z.int().describe('Attempts since the last one that succeeded.'),
    lockedUntil: seconds.nullable(),
  })
  .meta({ id: 'Account' });
const shownOnce = z.string().optional().describe('Where it was generated. Shown this once; the service keeps a hash only.');
export const createdAccountAnswer = accountAnswer.extend({ password: shownOnce }).meta({ id: 'CreatedAccount' });
export const passwordAnswer = z.strictObject({ password: shownOnce }).meta({ id: 'NewPassword' });
export const importAnswer = z
  .strictObject({
    created: z.int(),
    taken: z.array(z.string()).describe('Usernames of which there is an account, or whose id there is; these accounts stay as they are.'),
  })
  .meta({ id: 'AccountImport' });
export const sessionAnswer = z
  .strictObject({ id: z.string(), createdAt: seconds, lastSeen: seconds, endsAt: seconds, acr: z.string(), amr: z.array(z.string()) })
  .meta({ id: 'LoginSession' });
export const linkAnswer = z
  .strictObject({
    provider: z.string().nullable().describe('Its name in the profile; null for one that is there no more.'),
    issuer: z.string(),
    subject: z.string(),
    madeAccount: z.boolean().describe('Whether the account was made for it.'),
    createdAt: seconds,
    lastUsedAt: seconds.nullable(),
  })
  .meta({ id: 'AccountLink' });
export const endedSessionsAnswer = z.strictObject({ sessions: z.int().describe('How many were ended.') }).meta({ id: 'EndedSessions' });

/** An account as answers show it: never the hash of its password. */
export function accountView(account: Account) {
  const { profile, id, username: name, attributes: known, enabled, passwordHash, createdAt, updatedAt } = account;
  return {
    ...{ profile, id, username: name, attributes: known, enabled, hasPassword: passwordHash !== null, createdAt, updatedAt },
    passwordChangedAt: account.passwordChangedAt,
    failures: account.failures,
    lockedUntil: account.lockedUntil === 0 ? null : account.lockedUntil,
  };
}

/** A session as answers show it: nothing by which it could be used. */
export function sessionView({ id, createdAt, lastSeen, endsAt, acr, amr }: SessionRecord) {
  return { id, createdAt, lastSeen, endsAt, acr, amr };
}

/** @param provider its name in the profile; null where it has none */
export function linkView({ issuer, subject, madeAccount, createdAt, lastUsedAt }: AccountLink, provider: string | null) {
  return { provider, issuer, subject, madeAccount, createdAt, lastUsedAt };
}

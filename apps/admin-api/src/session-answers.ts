import { z } from 'zod';
import { shape } from '#libs/configuration';
import { ADMINISTRATOR_ROLES, type AdminSession } from '#libs/oauth';

/** What the routes of sessions take and answer. */

const seconds = z.int().describe('Seconds since 1970.');
const role = z.enum(ADMINISTRATOR_ROLES);

export const signInBody = shape({ token: z.string().min(1).max(512).describe('The bearer token of an administrator.') });

/** Who is signed in, for a page. */
export const currentSessionAnswer = z
  .strictObject({
    administrator: z.strictObject({ id: z.string(), name: z.string().describe('To be shown.'), role }),
    session: z.string().nullable().describe('Id of the session; null for a bearer token.'),
    csrf: z.string().nullable().describe('For the header `X-CSRF-Token` of requests that change something; null for a bearer token.'),
    endsAt: seconds.nullable().describe('When the session ends unless it is used; null for a bearer token.'),
    expiresAt: seconds.nullable().describe('When it ends anyway; null for a bearer token.'),
  })
  .meta({ id: 'CurrentAdminSession' });

/** In which ways one can sign in; member `signInWays` of the 401 of `GET /admin/v1/session`. */
export const signInWaysAnswer = z.array(
  z.union([
    z.strictObject({ way: z.literal('token') }),
    z.strictObject({
      way: z.literal('openid-connect'),
      path: z.string().describe('Where the browser is to go, with `return` as the path to come back to.'),
      provider: z.string().describe('Host of the provider, to be shown.'),
    }),
  ]),
);
export type SignInWays = z.output<typeof signInWaysAnswer>;

export const adminSessionAnswer = z
  .strictObject({
    id: z.string(),
    administrator: z.string(),
    name: z.string(),
    role,
    by: z.enum(['token', 'openid-connect']),
    address: z.string().describe('Whence the administrator signed in.'),
    createdAt: seconds,
    lastSeen: seconds.describe('To the minute.'),
    endsAt: seconds,
    expiresAt: seconds,
  })
  .meta({ id: 'AdminSession' });

export const endedAdminSessionsAnswer = z
  .strictObject({ sessions: z.int().describe('How many ended.') })
  .meta({ id: 'EndedAdminSessions' });

/** What is shown of a session: nothing that it could be used by. */
export function adminSessionView({ hash: _hash, tokenHash, ...session }: AdminSession): z.output<typeof adminSessionAnswer> {
  return { ...session, by: tokenHash === null ? 'openid-connect' : 'token' };
}

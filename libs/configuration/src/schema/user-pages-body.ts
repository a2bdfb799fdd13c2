import { z } from 'zod';
import { PAGE_LOCALES, type UserPagesSettings } from '#libs/oauth';
import { shape, unique } from './shape.ts';
import { lifetime } from './values.ts';

/** How the pages for people look, and for how long who signs in on them is signed in. */
export const userPagesBody = shape({
  title: z
    .string()
    .trim()
    .min(1)
    .max(64)
    .default('Tokenwright')
    .meta({ description: 'What the service is called on its pages.', examples: ['Example Inc.'] }),
  accentColor: z
    .string()
    .regex(/^#[0-9a-f]{6}$/i, 'must be a colour such as #1d4ed8')
    .default('#1d4ed8')
    .meta({ description: 'Of buttons; the text on them is black or white, whichever is easier to read.', examples: ['#1d4ed8'] }),
  locales: z
    .array(z.enum(PAGE_LOCALES))
    .min(1)
    .superRefine(unique)
    .default([...PAGE_LOCALES])
    .meta({ description: 'The languages there are; the first is for those who read none of them.' }),
  passwords: z.boolean().default(true).meta({
    description:
      'Whether people sign in by passwords. Without, they sign in by the upstream providers of the profile; where that is one, the login page goes straight there.',
  }),
  selfService: z.boolean().default(true).meta({
    description: 'Whether people see what they have allowed and where they are signed in, and can end it and change their password.',
  }),
  scopeChoice: z.boolean().default(false).meta({
    description: 'Whether people choose among the scopes that a client asks for, or allow all or nothing.',
  }),
  sessionLifetime: lifetime
    .default(43_200)
    .meta({ description: 'Seconds after which people sign in again, however often they were here.' }),
  sessionIdleLifetime: lifetime
    .default(3600)
    .meta({ description: 'Seconds after which people sign in again who were not here meanwhile.' }),
  consentLifetime: lifetime.nullable().default(null).meta({
    description: 'Seconds after which people are asked again for what they have allowed; null for never.',
  }),
}).meta({ description: 'Of endpoints of kind `user-pages`, where people sign in and say what they allow.' });

/** Pages of which nothing is said. */
export const PLAIN_USER_PAGES: UserPagesSettings = userPagesBody.parse({});

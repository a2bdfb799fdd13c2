import { z } from 'zod';
import { missingTexts, PAGE_LOCALES, PLAIN_THEME, paletteProblems, type UserPagesSettings } from '#libs/oauth';
import { shape, unique } from './shape.ts';
import { color, language, themeBody } from './theme-body.ts';
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
  accentColor: color
    .default('#1d4ed8')
    .meta({ description: 'Of buttons; the text on them is black or white, whichever is easier to read.', examples: ['#1d4ed8'] }),
  theme: themeBody.default(PLAIN_THEME as z.output<typeof themeBody>).meta({ description: 'How the pages look beside that.' }),
  locales: z
    .array(language)
    .min(1)
    .superRefine(unique)
    .default([...PAGE_LOCALES])
    .meta({
      description:
        'The languages there are; the first is for those who read none of them. We speak `en`, `de` and `sv`; a theme can have others.',
    }),
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
})
  .superRefine(checkTheme)
  .meta({ description: 'Of endpoints of kind `user-pages`, where people sign in and say what they allow.' });

/** Missing texts that a message names. */
const NAMED = 5;

/** Whether people can read it: the colours, and each of the languages. */
function checkTheme({ accentColor, locales, theme }: UserPagesSettings, context: z.core.$RefinementCtx): void {
  const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
  for (const scheme of ['light', 'dark'] as const)
    for (const { member, message } of paletteProblems(scheme, theme.palette[scheme], accentColor))
      refuse(['theme', 'palette', scheme, member], message);
  if (theme.darkLogo !== null && theme.logo === null) refuse(['theme', 'darkLogo'], 'goes with "logo" only');
  const isOurs = (locale: string) => PAGE_LOCALES.some((one) => one === locale);
  locales.forEach((locale, i) => {
    if (isOurs(locale)) return;
    const texts = theme.texts[locale];
    if (texts === undefined) {
      refuse(['locales', i], `"${locale}" is none of ours (${PAGE_LOCALES.join(', ')}): give all its texts in "theme.texts.${locale}"`);
      return;
    }
    const missing = missingTexts(texts);
    if (missing.length === 0) return;
    const more = missing.length > NAMED ? ` and ${missing.length - NAMED} more` : '';
    refuse(['theme', 'texts', locale], `is a language of its own, and has no text for ${missing.slice(0, NAMED).join(', ')}${more}`);
  });
  for (const locale of Object.keys(theme.texts))
    if (!locales.includes(locale))
      refuse(['theme', 'texts', locale], `is not one of "locales" (${locales.join(', ')}), so nobody would see it`);
}

/** Pages of which nothing is said. */
export const PLAIN_USER_PAGES: UserPagesSettings = userPagesBody.parse({});

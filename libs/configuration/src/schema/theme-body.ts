import { z } from 'zod';
import {
  inspectImage,
  LOGO_BYTES,
  PAGE_FONTS,
  PAGE_LAYOUTS,
  PAGE_LINKS,
  PALETTE_MEMBERS,
  PLAIN_THEME,
  styleSheetProblem,
  TEXT_KEYS,
  textProblem,
  type PageLink,
  type PaletteMember,
} from '#libs/oauth';
import { shape, unknownKey } from './shape.ts';

/** `#rrggbb`, and nothing that could be more in a style sheet. */
export const color = z.string().regex(/^#[0-9a-f]{6}$/i, 'must be a colour such as #1d4ed8');

/** A language by its shortest code. RFC 5646 section 2.2.1. */
export const language = z.string().regex(/^[a-z]{2,3}$/, 'must be a language such as "fr", in two or three small letters');

// eslint-disable-next-line no-control-regex -- naming them is how they are refused
const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/;
const pageText = z
  .string()
  .min(1)
  .max(1000)
  .refine((text) => !CONTROLS.test(text), 'must not have control characters')
  .refine((text) => text.trim() !== '', 'must not be blank');

const image = shape({
  base64: z
    .string()
    // So that what is no image is refused before it is decoded.
    .max(Math.ceil((LOGO_BYTES * 4) / 3) + 4, `is too large; a logo has at most ${LOGO_BYTES} bytes`)
    .meta({ description: 'The bytes of the file, in base64. A configuration file can name a file instead: `{ file: logo.png }`.' }),
})
  .superRefine(({ base64 }, context) => {
    const bytes = Buffer.from(base64, 'base64');
    const problem = bytes.toString('base64') === base64 ? inspectImage(bytes) : 'is not base64 (RFC 4648 section 4)';
    if (typeof problem === 'string') context.addIssue({ code: 'custom', message: problem });
  })
  .meta({ description: 'PNG or WebP that does not move; at most 128 KiB, 2048 by 1024 pixels.' });

const palette = shape(
  Object.fromEntries(PALETTE_MEMBERS.map((member) => [member, color.optional()])) as Record<PaletteMember, z.ZodOptional<typeof color>>,
);

const address = z
  .string()
  .max(2048)
  .refine(isPage, 'must be an https URL without a name and password')
  .meta({ description: 'An `https` URL.', examples: ['https://example.com/privacy'] });
const link = z
  .union([address, z.record(language, address).refine((byLanguage) => Object.keys(byLanguage).length > 0, 'must have a language')])
  .nullable();

const overrides = z.record(z.string(), pageText).superRefine((texts, context) => {
  for (const [key, text] of Object.entries(texts)) {
    const problem = TEXT_KEYS.has(key) ? textProblem(key, text) : unknownKey(key, [...TEXT_KEYS.keys()]);
    if (problem !== null) context.addIssue({ code: 'custom', path: [key], message: problem });
  }
});

/** How the pages for people look, beside their title. What goes together is checked with the rest of the settings. */
export const themeBody = shape({
  logo: image.nullable().default(null).meta({ description: 'In place of the title.' }),
  darkLogo: image.nullable().default(null).meta({ description: 'In the dark; the same unless told.' }),
  logoAlt: z.string().trim().min(1).max(128).nullable().default(null).meta({
    description: 'What the logo says to those who do not see it; the title unless told.',
  }),
  palette: shape({ light: palette.default({}), dark: palette.default({}) })
    .default(PLAIN_THEME.palette)
    .meta({
      description:
        'Colours, each `#rrggbb`; those that are left out follow from the others. Text must stand out by 4.5 to 1, controls by 3 to 1 (WCAG 2.2).',
      examples: [{ light: { accent: '#0f766e' }, dark: { surface: '#111827' } }],
    }),
  font: z.enum(PAGE_FONTS).default(PLAIN_THEME.font).meta({ description: 'Of fonts that machines have; pages load none.' }),
  cornerRadius: z.int().min(0).max(32).default(PLAIN_THEME.cornerRadius).meta({ description: 'Of the card, in CSS pixels.' }),
  layout: z.enum(PAGE_LAYOUTS).default(PLAIN_THEME.layout).meta({
    description: 'On a card, without one, or beside a panel in the accent colour where the window is wide.',
  }),
  links: shape(Object.fromEntries(PAGE_LINKS.map((name) => [name, link.default(null)])) as Record<PageLink, z.ZodDefault<typeof link>>)
    .default(PLAIN_THEME.links as Record<PageLink, null>)
    .meta({ description: 'At the foot of every page: an address, or one for each language.' }),
  texts: z
    .record(language, overrides)
    .default({})
    .meta({
      description: 'Plain texts in place of our own, by language and key; with all keys it is a further language.',
      examples: [{ en: { 'signIn.title': 'Log in' } }],
    }),
  stylesheet: z
    .string()
    .superRefine((text, context) => {
      const problem = styleSheetProblem(text);
      if (problem !== null) context.addIssue({ code: 'custom', message: problem });
    })
    .nullable()
    .default(null)
    .meta({ description: 'CSS after our own. A configuration file can name a file instead: `{ file: pages.css }`.' }),
});

function isPage(text: string): boolean {
  if (!URL.canParse(text) || /[\s\\]/.test(text)) return false;
  const url = new URL(text);
  return url.protocol === 'https:' && url.username === '' && url.password === '';
}

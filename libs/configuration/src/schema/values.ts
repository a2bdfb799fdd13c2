import { z } from 'zod';
import { isProtocolClaim, isResourceUri } from '#libs/oauth';

/** Ten years, in seconds: no lifetime is longer. */
export const LONGEST_LIFETIME = 315_360_000;

/** Names a profile, endpoint, token issuer, procedure or service role. */
export const id = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, 'must start with a letter or digit and have at most 128 letters, digits, ".", "_" and "-"')
  .meta({ description: 'Starts with a letter or digit; at most 128 letters, digits, `.`, `_` and `-`.', examples: ['token-service'] });

/**
 * Names a client. Narrower than RFC 6749 appendix A.1 by the characters that break where clients authenticate:
 * a colon ends the name in Basic authentication, percent and plus are decoded or not, depending on the client.
 */
export const clientId = z
  .string()
  .regex(
    /^(?![.])[\x21\x23\x24\x26-\x2A\x2C-\x39\x3B-\x5B\x5D-\x7E]{1,128}$/,
    'must have 1 to 128 printable ASCII characters without space, colon, percent, plus, double quote and backslash, and must not start with a dot',
  )
  .meta({
    description: 'Printable ASCII without space, `:`, `%`, `+`, `"` and `\\`; at most 128 characters. RFC 6749 section 2.2.',
    examples: ['gateway_client'],
  });

/** One scope. RFC 6749 section 3.3. */
export const scopeName = z
  .string()
  .regex(
    /^(?!__proto__$)[\x21\x23-\x5B\x5D-\x7E]{1,128}$/,
    'must have 1 to 128 printable ASCII characters without space, double quote and backslash (RFC 6749 section 3.3)',
  )
  .meta({ description: 'A scope token: printable ASCII without space, `"` and `\\`. RFC 6749 section 3.3.', examples: ['read'] });

/** A claim about a person. OpenID Connect Core section 5.1. */
export const claimName = z
  .string()
  .regex(/^(?!__proto__$)[A-Za-z][A-Za-z0-9_.:/-]{0,127}$/, 'must start with a letter and have at most 128 letters, digits and "_.:/-"')
  .refine((name) => !isProtocolClaim(name), 'is a claim of the protocol itself, not about the person')
  .meta({ description: 'A claim about a person. OpenID Connect Core section 5.1.', examples: ['employee_number'] });

/** An audience of tokens: an identifier or URI. RFC 7519 section 4.1.3. */
export const audience = z
  .string()
  // eslint-disable-next-line no-control-regex -- naming them is how they are refused
  .regex(/^[^\s\u0000-\u001f\u007f]{1,512}$/u, 'must have 1 to 512 characters without white space and control characters')
  .meta({ description: 'An identifier or URI. RFC 7519 section 4.1.3.', examples: ['https://api.example.com'] });

const PATH = /^(\/[A-Za-z0-9._~-]+)+$/;

/** Below the base URL, matched exactly: no query, no escapes, no trailing slash, no dot segments. */
export const path = z
  .string()
  .max(256)
  .refine(
    (text) => PATH.test(text) && !/\/\.{1,2}(\/|$)/.test(text),
    'must be an absolute path of letters, digits and "._~-", such as /oauth/v2/oauth-token, without query and trailing slash',
  )
  .meta({ description: 'Absolute path below the base URL, matched exactly.', examples: ['/oauth/v2/oauth-introspect'] });

/** An absolute URL or a path appended to the node's base URL. RFC 8414 section 2. */
export const issuer = z
  .string()
  .max(512)
  .refine(isIssuer, 'must be an https URL without query and fragment, or a path such as /~ that is appended to the base URL')
  .meta({
    description: 'An `https` URL without query and fragment, or a path that is appended to the base URL. RFC 8414 section 2.',
    examples: ['/~', 'https://login.example.com'],
  });

/** Of a certificate, as in `x5t#S256`. RFC 8705 section 3.1. */
export const thumbprint = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'must be a SHA-256 thumbprint in base64url: 43 characters');

/** Names an environment variable. */
export const environmentVariable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'must be the name of an environment variable');

/** Seconds. */
export const lifetime = z
  .int()
  .min(1)
  .max(LONGEST_LIFETIME)
  .meta({ description: 'Whole seconds, at most ten years.', examples: [300] });

/** Names an API. RFC 8707 section 2. */
export const resourceUri = z
  .string()
  .max(2048)
  .refine(isResourceUri, 'must be an absolute URI without a fragment, such as https://api.example.com/orders')
  .meta({ description: 'An absolute URI without a fragment.', examples: ['https://api.example.com/orders'] });

/** Seconds in which the answer to a refresh is given again. */
export const grace = z.int().min(0).max(300).meta({
  description:
    'Seconds in which a client that has lost the answer to a refresh gets the very same once more; 0 for never. Later the old token counts as stolen.',
});

/** A name for people. */
export const label = z
  .string()
  .max(128)
  // eslint-disable-next-line no-control-regex -- naming them is how they are refused
  .regex(/^[^\u0000-\u001f\u007f]*$/, 'must not have control characters')
  .meta({ description: 'A name for people, at most 128 characters.' });

/** Some lines for people. */
export const description = z
  .string()
  .max(1024)
  // eslint-disable-next-line no-control-regex -- naming them is how they are refused
  .regex(/^[^\u0000-\u0009\u000b-\u001f\u007f]*$/, 'must not have control characters')
  .meta({ description: 'For people, at most 1024 characters.' });

/** Free key and value of a client: JSON values, 16 KiB in all. */
export const properties = z
  .record(z.string().min(1).max(128), z.unknown())
  .superRefine((value, context) => {
    const problem = jsonProblem(value, 0);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
    else if (Buffer.byteLength(JSON.stringify(value)) > 16_384)
      context.addIssue({ code: 'custom', message: 'must have at most 16384 bytes as JSON' });
  })
  .meta({ description: 'Free key and value for procedures: JSON values, at most 16 KiB.', examples: [{ tier: 'gold' }] });

function isIssuer(text: string): boolean {
  if (text.startsWith('/')) return PATH.test(text) && !/\/\.{1,2}(\/|$)/.test(text);
  if (!URL.canParse(text) || /[?#\s\\]/.test(text)) return false;
  const url = new URL(text);
  const loopback = url.hostname === 'localhost' || url.hostname === '127.0.0.1' || url.hostname === '[::1]';
  return (url.protocol === 'https:' || (url.protocol === 'http:' && loopback)) && url.username === '' && url.password === '';
}

/** What keeps a value from being JSON, or null. */
function jsonProblem(value: unknown, depth: number): string | null {
  if (depth > 16) return 'must not be nested more than 16 deep';
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return null;
  if (typeof value === 'number') return Number.isFinite(value) ? null : `must be JSON: ${value} is not`;
  if (typeof value !== 'object') return `must be JSON: a ${typeof value} is not`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null)
    return 'must be JSON: plain mappings, lists, texts, numbers, true, false and null';
  for (const member of Object.values(value)) {
    const problem = jsonProblem(member, depth + 1);
    if (problem !== null) return problem;
  }
  return null;
}

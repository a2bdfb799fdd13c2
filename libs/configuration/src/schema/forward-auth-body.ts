import { z } from 'zod';
import type { ForwardAuthSettings } from '#libs/oauth';
import { acr } from './openid-body.ts';
import { shape, unique } from './shape.ts';
import { audience, clientId, scopeName, thumbprint } from './values.ts';

/** Headers of the connection and the message, and those that gateways and servers act on themselves. */
const NO_CLAIM_HEADER =
  /^(authorization|cookie|set-cookie|host|connection|content-.*|transfer-encoding|cache-control|vary|location|www-authenticate|x-accel-.*|x-forwarded-.*|x-original-.*|gateway-authorization)$/i;

const CIDR = z.union([z.cidrv4(), z.cidrv6()]);
const network = z
  .string()
  .refine((text) => CIDR.safeParse(text).success, 'must be a CIDR range such as 10.1.0.0/16 or fd00:1::/32')
  .meta({ description: 'A CIDR range.', examples: ['10.1.0.0/16'] });

const headerName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/, 'must be a header name of at most 64 letters, digits and "-"')
  .refine((name) => !NO_CLAIM_HEADER.test(name), 'is a header with a meaning of its own: use a name such as "X-Token-Subject"');

const claimHeaders = z
  .record(headerName, z.string().min(1).max(128))
  .refine((headers) => Object.keys(headers).length <= 16, 'must have at most 16 headers')
  .refine((headers) => {
    const names = Object.keys(headers).map((name) => name.toLowerCase());
    return new Set(names).size === names.length;
  }, 'must not name a header twice');

/** Which gateways may ask whether a request may pass, and what they are told. */
export const forwardAuthBody = shape({
  client: clientId.nullable().default(null).meta({
    description: 'Whose introspection rules hold for gateways that are known by network or certificate and send no credentials.',
  }),
  networks: z.array(network).max(32).superRefine(unique).default([]).meta({ description: 'Networks whose gateways need no credentials.' }),
  certificates: z.array(thumbprint).max(32).superRefine(unique).default([]).meta({
    description: 'TLS certificates whose gateways need no credentials: SHA-256 thumbprints in base64url. RFC 8705 section 3.1.',
  }),
  requiredScopes: z.array(scopeName).max(32).superRefine(unique).default([]).meta({
    description: 'Scopes that every token must have; a gateway adds more for a location by `?scope=`.',
  }),
  requiredAudience: audience.nullable().default(null).meta({
    description: 'The audience that every token must have; a gateway adds more for a location by `?audience=`.',
  }),
  acrValues: z.array(acr).max(32).superRefine(unique).default([]).meta({
    description:
      'Values of `acr` of which every token must have one, or one of no lower level; a gateway adds more for a location by `?acr_values=`. RFC 9470.',
  }),
  maxAge: z.int().min(0).max(315_360_000).nullable().default(null).meta({
    description: 'Seconds since the person signed in, at most; a gateway asks for less by `?max_age=`. RFC 9470.',
  }),
  claimHeaders: claimHeaders.default({}).meta({
    description: 'Claims as headers for the API: name of the claim by name of the header.',
    examples: [{ 'X-Token-Subject': 'sub' }],
  }),
  clientCertificateHeader: z.enum(['client-cert', 'x-ssl-client-cert']).nullable().default(null).meta({
    description:
      'Where gateways tell the certificate that the client showed them, for tokens that are bound to one: `client-cert` (RFC 9440), or `x-ssl-client-cert`, PEM URL-encoded. Only for gateways that set it on every request, or remove what the client sent.',
  }),
  resourceMetadata: z
    .url({ protocol: /^https?$/ })
    .max(512)
    .nullable()
    .default(null)
    .meta({
      description: "URL of the API's metadata, for the challenge of a 401. RFC 9728 section 5.1.",
    }),
})
  .refine(({ client, networks, certificates }) => client !== null || (networks.length === 0 && certificates.length === 0), {
    path: ['client'],
    message: 'is missing: gateways that are known by network or certificate ask as a client',
  })
  .meta({ description: 'Of endpoints of kind `oauth-forward-auth`: which gateways may ask, and what they are told.' });

/** Gateways with credentials of their own, any active token, no claims. */
export const NO_FORWARD_AUTH: ForwardAuthSettings = forwardAuthBody.parse({});

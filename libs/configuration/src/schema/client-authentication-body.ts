import { z } from 'zod';
import { CERTIFICATE_SUBJECT_KINDS, CLIENT_AUTHENTICATION_METHODS } from '#libs/oauth';
import { publicKeys, publicKeysUri } from './public-keys.ts';
import { shape, unique } from './shape.ts';
import { thumbprint } from './values.ts';

/** How a client authenticates. What must go together is checked with the whole configuration. */
export const clientAuthenticationBody = shape({
  methods: z.array(z.enum(CLIENT_AUTHENTICATION_METHODS)).min(1).superRefine(unique).meta({
    description:
      'What it may use, one at a time: its secret in the header or the form, an assertion signed by one of its keys (OpenID Connect Core 1.0 section 9), a TLS certificate (RFC 8705 section 2); `none`, alone, makes it a public client.',
  }),
  jwks: publicKeys('Its public keys, for `private_key_jwt`; for `self_signed_tls_client_auth` with certificates in `x5c`.'),
  jwksUri: publicKeysUri('https://client.example.com/jwks'),
  certificateSubject: shape({
    kind: z.enum(CERTIFICATE_SUBJECT_KINDS).meta({ description: 'Which name: `tls_client_auth_<kind>` of RFC 8705 section 2.1.2.' }),
    value: z.string().min(1).max(1024).meta({ description: 'The name; a subject as RFC 4514 writes it, such as `CN=reports,O=Example`.' }),
  })
    .nullable()
    .default(null)
    .meta({ description: 'For `tls_client_auth`: whom its certificate must name, exactly.' }),
  certificates: z.array(thumbprint).max(32).superRefine(unique).default([]).meta({
    description: 'For `self_signed_tls_client_auth`: its certificates, as SHA-256 thumbprints in base64url. RFC 8705 section 2.2.',
  }),
}).meta({ description: 'How a client authenticates.' });

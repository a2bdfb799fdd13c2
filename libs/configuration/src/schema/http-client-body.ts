import { z } from 'zod';
import {
  certificatesProblem,
  headerNameProblem,
  hostProblem,
  HTTP_CLIENT_LIMITS,
  MOST_ALLOWED_ADDRESSES,
  networkProblem,
  usernameProblem,
  type HttpClient,
  type HttpCredentials,
  type Origin,
} from '#libs/oauth';
import { secretText } from './secret-body.ts';
import { shape, unique } from './shape.ts';

const { timeoutMilliseconds, maximumResponseBytes, maximumRedirects } = HTTP_CLIENT_LIMITS;

/** A text for which a rule of the model finds nothing wrong. */
const ruled = (problemOf: (text: string) => string | null) =>
  z.string().superRefine((text, context) => {
    const message = problemOf(text);
    if (message !== null) context.addIssue({ code: 'custom', message });
  });

const certificates = ruled(certificatesProblem);

export const CREDENTIAL_KINDS = ['basic', 'bearer', 'header'] as const satisfies readonly HttpCredentials['kind'][];

/** Credentials whose value has the given shape. */
function credentialsBodyOf<V extends z.ZodType>(value: V) {
  return shape({
    kind: z.enum(CREDENTIAL_KINDS).meta({ description: 'Basic authentication, a bearer token, or a header of any name.' }),
    username: ruled(usernameProblem).optional().meta({ description: 'With `basic` only.' }),
    name: ruled(headerNameProblem)
      .optional()
      .meta({ description: 'Of the header; with `header` only.', examples: ['X-Api-Key'] }),
    value,
  })
    .superRefine(({ kind, ...given }, context) => {
      for (const [member, owner] of [
        ['username', 'basic'],
        ['name', 'header'],
      ] as const) {
        const isGiven = given[member as keyof typeof given] !== undefined;
        if (kind === owner && !isGiven) context.addIssue({ code: 'custom', path: [member], message: 'is missing' });
        if (kind !== owner && isGiven) context.addIssue({ code: 'custom', path: [member], message: `goes with the kind "${owner}" only` });
      }
    })
    .meta({ description: 'Sent with each request. `value` is the password, the token or the value of the header.' });
}

/** An HTTP client whose secret parts have the given shape, since a configuration file has more ways to write them. */
export function httpClientBodyOf<V extends z.ZodType, K extends z.ZodType>(value: V, clientKey: K) {
  return shape({
    allowedHosts: z
      .array(ruled(hostProblem))
      .max(MOST_ALLOWED_ADDRESSES)
      .superRefine(unique)
      .default([])
      .meta({
        description:
          'Hosts that may be called: `api.example.com`, `*.example.com` for those below it, with `:8443` where the port is not the default of the scheme. Empty: none.',
        examples: [['api.example.com']],
      }),
    allowHttp: z.boolean().default(false).meta({ description: 'Whether `http:` is allowed beside `https:`.' }),
    allowTokens: z.boolean().default(false).meta({
      description:
        'Whether requests may carry tokens of the run: those that the procedure issues, and the one that was presented to it. Otherwise such a request is refused.',
    }),
    allowedNetworks: z
      .array(ruled(networkProblem))
      .max(MOST_ALLOWED_ADDRESSES)
      .superRefine(unique)
      .default([])
      .meta({
        description: 'Ranges of private, loopback or link-local addresses that may be connected to all the same, in CIDR notation.',
        examples: [['10.1.0.0/16']],
      }),
    credentials: credentialsBodyOf(value).nullable().default(null),
    tls: shape({
      caCertificates: certificates
        .nullable()
        .default(null)
        .meta({ description: "PEM; trusted instead of the platform's own authorities." }),
      clientCertificate: certificates.nullable().default(null).meta({ description: 'PEM, the own certificate first.' }),
      clientKey,
    }).prefault({} as never),
    timeoutMilliseconds: z
      .int()
      .min(timeoutMilliseconds.minimum)
      .max(timeoutMilliseconds.maximum)
      .default(timeoutMilliseconds.usual)
      .meta({ description: 'For the whole call with its redirects.' }),
    maximumResponseBytes: z
      .int()
      .min(maximumResponseBytes.minimum)
      .max(maximumResponseBytes.maximum)
      .default(maximumResponseBytes.usual)
      .meta({ description: 'A longer answer is an error.' }),
    maximumRedirects: z
      .int()
      .min(maximumRedirects.minimum)
      .max(maximumRedirects.maximum)
      .default(maximumRedirects.usual)
      .meta({ description: 'Every hop is checked like the first.' }),
  }).meta({ description: 'An outgoing HTTP client that procedures of the profile may use.' });
}

/** An HTTP client as administrators write it. A secret part that is left out stays as it is stored; a client key of null goes. */
export const httpClientBody = httpClientBodyOf(secretText.optional(), secretText.nullable().optional());

export type HttpClientBody = z.output<typeof httpClientBody>;

/** What a body says without its secret parts. */
type PublicBody = Omit<HttpClientBody, 'credentials' | 'tls'> & {
  readonly credentials: Omit<NonNullable<HttpClientBody['credentials']>, 'value'> | null;
  readonly tls: Omit<HttpClientBody['tls'], 'clientKey'>;
};

/**
 * The entity that a body describes.
 *
 * @param sealed the value of the credentials, which there must be if there are credentials, and the client key, each sealed as text
 */
export function httpClientOf(
  profile: string,
  id: string,
  body: PublicBody,
  sealed: { readonly credentials: string | null; readonly clientKey: string | null },
  origin: Origin,
): HttpClient {
  const { allowedHosts, allowHttp, allowTokens, allowedNetworks, timeoutMilliseconds, maximumResponseBytes, maximumRedirects } = body;
  const { caCertificates, clientCertificate } = body.tls;
  return {
    ...{ profile, id, allowedHosts, allowHttp, allowTokens, allowedNetworks },
    credentials: body.credentials === null ? null : credentialsOf(body.credentials, sealed.credentials),
    tls: { caCertificates, clientCertificate, sealedClientKey: sealed.clientKey },
    ...{ timeoutMilliseconds, maximumResponseBytes, maximumRedirects, origin },
  };
}

function credentialsOf(
  { kind, username = '', name = '' }: NonNullable<PublicBody['credentials']>,
  sealedValue: string | null,
): HttpCredentials {
  if (sealedValue === null) throw new Error('credentials without a sealed value');
  if (kind === 'basic') return { kind, username, sealedValue };
  return kind === 'header' ? { kind, name, sealedValue } : { kind, sealedValue };
}

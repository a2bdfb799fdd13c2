import type { HttpClient, NewHttpClient } from '../../api/shapes.ts';
import { wholeNumberOf, wordsOf } from '../../components/draft.ts';

export type CredentialKind = NonNullable<HttpClient['credentials']>['kind'];

/** The compiler sees to it that none is missing. */
export const CREDENTIALS = {
  basic: 'basic: user name and password',
  bearer: 'bearer: a token',
  header: 'header: a header of any name',
} as const satisfies Readonly<Record<CredentialKind, string>>;

/** What the secret value of credentials is. */
export const VALUES = {
  basic: 'Password',
  bearer: 'Token',
  header: 'Value of the header',
} as const satisfies Readonly<Record<CredentialKind, string>>;

/** Texts as they are typed. What is secret is empty until somebody types another: no answer has it. */
export interface HttpClientDraft {
  readonly id: string;
  readonly allowedHosts: string;
  readonly allowHttp: boolean;
  readonly allowTokens: boolean;
  readonly allowedNetworks: string;
  readonly credentials: CredentialKind | '';
  readonly username: string;
  readonly name: string;
  readonly value: string;
  /** Of which kind a value is stored. */
  readonly stored: CredentialKind | '';
  readonly caCertificates: string;
  readonly clientCertificate: string;
  readonly clientKey: string;
  readonly hasKey: boolean;
  readonly timeoutMilliseconds: string;
  readonly maximumResponseBytes: string;
  readonly maximumRedirects: string;
}

/** The member of the address that names it, as faults of the service have it. */
export const NAME = '/client';
const LIMITS = ['timeoutMilliseconds', 'maximumResponseBytes', 'maximumRedirects'] as const;
export const FIELDS = [
  NAME,
  ...['/allowedHosts', '/allowHttp', '/allowTokens', '/allowedNetworks'],
  ...['/credentials/kind', '/credentials/username', '/credentials/name', '/credentials/value'],
  ...['/tls/caCertificates', '/tls/clientCertificate', '/tls/clientKey'],
  ...LIMITS.map((name) => `/${name}`),
];

export const EMPTY: HttpClientDraft = {
  id: '',
  allowedHosts: '',
  allowHttp: false,
  allowTokens: false,
  allowedNetworks: '',
  credentials: '',
  username: '',
  name: '',
  value: '',
  stored: '',
  caCertificates: '',
  clientCertificate: '',
  clientKey: '',
  hasKey: false,
  timeoutMilliseconds: '',
  maximumResponseBytes: '',
  maximumRedirects: '',
};

export function draftOf(client: HttpClient): HttpClientDraft {
  const { id, allowedHosts, allowHttp, allowTokens, allowedNetworks, credentials, tls } = client;
  return {
    ...EMPTY,
    ...{ id, allowHttp, allowTokens, allowedHosts: allowedHosts.join('\n'), allowedNetworks: allowedNetworks.join('\n') },
    ...{ credentials: credentials?.kind ?? '', stored: credentials?.kind ?? '' },
    username: credentials?.kind === 'basic' ? credentials.username : '',
    name: credentials?.kind === 'header' ? credentials.name : '',
    ...{ caCertificates: tls.caCertificates ?? '', clientCertificate: tls.clientCertificate ?? '', hasKey: tls.clientKey },
    timeoutMilliseconds: String(client.timeoutMilliseconds),
    maximumResponseBytes: String(client.maximumResponseBytes),
    maximumRedirects: String(client.maximumRedirects),
  };
}

/** The body of a request; a secret part that nobody has typed is left out, and stays. @throws ApiError when a number cannot be read */
export function bodyOf(draft: HttpClientDraft): NewHttpClient {
  const { allowHttp, allowTokens, credentials, username, name, value, clientKey } = draft;
  return {
    ...{ allowHttp, allowTokens, allowedHosts: wordsOf(draft.allowedHosts), allowedNetworks: wordsOf(draft.allowedNetworks) },
    credentials:
      credentials === ''
        ? null
        : {
            kind: credentials,
            ...(credentials === 'basic' ? { username } : {}),
            ...(credentials === 'header' ? { name: name.trim() } : {}),
            ...(value === '' ? {} : { value }),
          },
    tls: {
      caCertificates: textOf(draft.caCertificates),
      clientCertificate: textOf(draft.clientCertificate),
      ...(clientKey.trim() === '' ? {} : { clientKey }),
    },
    ...Object.fromEntries(LIMITS.map((limit) => [limit, wholeNumberOf(draft[limit], `/${limit}`, UNITS[limit]) ?? undefined] as const)),
  };
}

const UNITS = { timeoutMilliseconds: 'milliseconds', maximumResponseBytes: 'bytes', maximumRedirects: 'redirects' } as const;

function textOf(text: string): string | null {
  return text.trim() === '' ? null : text;
}

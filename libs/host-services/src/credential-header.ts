import type { OpenedHttpClient } from '#libs/oauth';

/** The header that a client's credentials fill, with its value. */
export interface CredentialHeader {
  /** In lower case. */
  readonly name: string;
  readonly value: string;
}

/** Null when the client has no credentials. RFC 6750 section 2.1, RFC 7617. */
export function credentialHeader(credentials: OpenedHttpClient['credentials']): CredentialHeader | null {
  switch (credentials?.kind) {
    case undefined:
      return null;
    case 'basic':
      return { name: 'authorization', value: `Basic ${Buffer.from(`${credentials.username}:${credentials.value}`).toString('base64')}` };
    case 'bearer':
      return { name: 'authorization', value: `Bearer ${credentials.value}` };
    case 'header':
      return { name: credentials.name.toLowerCase(), value: credentials.value };
  }
}

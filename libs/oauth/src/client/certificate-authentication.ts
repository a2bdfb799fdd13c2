import { X509Certificate } from 'node:crypto';
import type { CertificateSubject, ClientAuthenticationSettings } from '../configuration/client-authentication-settings.ts';
import { certificateThumbprint, type ClientCertificate } from '../transport/client-certificate.ts';
import { canonicalName, canonicalSubject } from './distinguished-name.ts';
import type { RegisteredClient } from './registered-client.ts';

/** Whether a certificate is the client's, by one of the methods that it is registered for. RFC 8705 section 2. */
export function isCertificateOf({ methods, client }: RegisteredClient, { certificate, isTrusted }: ClientCertificate): boolean {
  const settings = client.authentication;
  if (settings === null) return false;
  const { certificateSubject } = settings;
  if (methods.has('tls_client_auth') && isTrusted && certificateSubject !== null && isNamed(certificateSubject, certificate)) return true;
  return methods.has('self_signed_tls_client_auth') && thumbprints(settings).has(certificateThumbprint(certificate));
}

/** RFC 8705 section 2.1.2. By the names alone: neither wildcards nor the common name stand for a subject alternative name. */
function isNamed({ kind, value }: CertificateSubject, certificate: X509Certificate): boolean {
  switch (kind) {
    case 'subject_dn': {
      const subject = canonicalSubject(certificate);
      return subject !== null && subject === canonicalName(value);
    }
    case 'san_dns':
      return certificate.checkHost(value, { subject: 'never', wildcards: false }) !== undefined;
    case 'san_email':
      return certificate.checkEmail(value, { subject: 'never' }) !== undefined;
    case 'san_ip':
      return certificate.checkIP(value) !== undefined;
    case 'san_uri':
      return uris(certificate).includes(value);
  }
}

/** One name among `subjectAltName`, as Node writes them: what could be mistaken for more is quoted. */
const ALTERNATIVE = /([A-Za-z ]+):(?:("(?:[^"\\]|\\.)*")|([^",]*))(?:, |$)/y;

function uris({ subjectAltName = '' }: X509Certificate): readonly string[] {
  const found: string[] = [];
  ALTERNATIVE.lastIndex = 0;
  while (ALTERNATIVE.lastIndex < subjectAltName.length) {
    const [, kind, quoted, plain = ''] = ALTERNATIVE.exec(subjectAltName) ?? [];
    // What is written otherwise names nobody.
    if (kind === undefined) return [];
    if (kind === 'URI') found.push(quoted === undefined ? plain : (JSON.parse(quoted) as string));
  }
  return found;
}

/** By the settings that name them: settings are never changed, but replaced. */
const known = new WeakMap<ClientAuthenticationSettings, ReadonlySet<string>>();

/** Of the registered certificates, those in the keys included. RFC 8705 section 2.2.2, RFC 7517 section 4.7. */
function thumbprints(settings: ClientAuthenticationSettings): ReadonlySet<string> {
  let all = known.get(settings);
  if (all === undefined) {
    all = new Set([...settings.certificates, ...(settings.jwks?.keys ?? []).flatMap(thumbprintOfKey)]);
    known.set(settings, all);
  }
  return all;
}

function thumbprintOfKey({ x5c }: Readonly<Record<string, unknown>>): readonly string[] {
  const own: unknown = Array.isArray(x5c) ? x5c[0] : undefined;
  return typeof own === 'string' ? [certificateThumbprint(new X509Certificate(Buffer.from(own, 'base64')))] : [];
}

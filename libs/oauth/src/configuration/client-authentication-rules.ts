import { createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { ASSERTION_ALGORITHMS } from '../client/client-assertion.ts';
import { canonicalName } from '../client/distinguished-name.ts';
import {
  SECRET_METHODS,
  type CertificateSubject,
  type ClientAuthenticationMethod,
  type ClientAuthenticationSettings,
} from './client-authentication-settings.ts';
import type { Client, ClientCapability } from './entities.ts';
import type { HttpClient } from './http-client-settings.ts';
import { clientReaching } from './host-rules.ts';

type Jwk = Readonly<Record<string, unknown>>;
type Problems = (pointer: string, message: string) => void;

/** What only a client may do that can keep a secret. RFC 6749 section 4.4, RFC 7662 section 2.1, RFC 8693 section 5, RFC 7521 section 4.1; who sees passwords of people must be known; OpenID Connect CIBA section 7.1. */
const CONFIDENTIAL: readonly ClientCapability[] = [
  ...(['client-credentials', 'token-exchange', 'assertion', 'password', 'introspection'] as const),
  ...(['backchannel-authentication', 'backchannel-decision'] as const),
];
/** Whether a public client may have a capability. */
export function isForPublicClients(capability: ClientCapability): boolean {
  return !CONFIDENTIAL.includes(capability);
}

/**
 * Reports what does not go together in how a client authenticates, by pointer within the entity and message.
 *
 * @param httpClients those of the profile, by which key sets are fetched
 */
export function checkClientAuthentication(client: Client, httpClients: readonly HttpClient[], report: Problems): void {
  const { authentication, capabilities, secrets } = client;
  const methods = authentication?.methods ?? SECRET_METHODS;
  if (methods.includes('none')) {
    if (methods.length > 1)
      report('/authentication/methods', '"none" stands alone: who need not authenticate is a public client, whatever else it could do');
    if (secrets.length > 0) report('/secrets', 'a public client, with the method "none", has no secret');
    capabilities.forEach((capability, i) => {
      if (!isForPublicClients(capability))
        report(`/capabilities/${i}`, `a public client, with the method "none", may not have "${capability}"`);
    });
  } else if (capabilities.length > 0 && secrets.length === 0 && methods.every((method) => SECRET_METHODS.includes(method)))
    report('/secrets', 'a client with capabilities needs a secret to authenticate with, or another method of authentication');
  if (authentication === null) return;
  const reportWithin: Problems = (pointer, message) => report(`/authentication${pointer}`, message);
  checkKeys(authentication, httpClients, reportWithin);
  checkCertificates(authentication, reportWithin);
}

function checkKeys({ methods, jwks, jwksUri }: ClientAuthenticationSettings, httpClients: readonly HttpClient[], report: Problems): void {
  const signs = methods.includes('private_key_jwt');
  if (signs && jwks === null && jwksUri === null) report('/jwks', 'is missing: private_key_jwt needs the public keys, or "jwksUri"');
  if (jwks !== null && jwksUri !== null) report('/jwksUri', 'does not go with "jwks": give one of them. RFC 7591 section 2');
  if (jwks !== null && !signs && !methods.includes('self_signed_tls_client_auth'))
    report('/jwks', goesWith('private_key_jwt', 'self_signed_tls_client_auth'));
  if (jwksUri !== null && !signs) report('/jwksUri', goesWith('private_key_jwt'));
  const url = URL.parse(jwksUri ?? '');
  if (jwksUri !== null && (url === null || clientReaching(httpClients, url) === undefined))
    report('/jwksUri', `no HTTP client of the profile may fetch it: add ${url?.host ?? 'its host'} to the allowedHosts of one`);
  const kids = jwks?.keys.map((key) => key['kid']) ?? [];
  jwks?.keys.forEach((key, i) => {
    checkKey(key, (pointer, message) => report(`/jwks/keys/${i}${pointer}`, message));
    if (kids.length > 1 && (typeof key['kid'] !== 'string' || kids.indexOf(key['kid']) !== i))
      report(`/jwks/keys/${i}/kid`, 'must be a text of its own for each of several keys. OpenID Connect Core 1.0 section 10.1');
  });
}

function checkCertificates({ methods, jwks, certificateSubject, certificates }: ClientAuthenticationSettings, report: Problems): void {
  if (methods.includes('tls_client_auth') && certificateSubject === null)
    report('/certificateSubject', 'is missing: tls_client_auth needs the name that the certificate must have');
  if (certificateSubject !== null) {
    if (!methods.includes('tls_client_auth')) report('/certificateSubject', goesWith('tls_client_auth'));
    const problem = checkCertificateSubject(certificateSubject);
    if (problem !== null) report('/certificateSubject/value', problem);
  }
  const isSelfSigned = methods.includes('self_signed_tls_client_auth');
  if (certificates.length > 0 && !isSelfSigned) report('/certificates', goesWith('self_signed_tls_client_auth'));
  if (isSelfSigned && certificates.length === 0 && jwks?.keys.some((key) => Object.hasOwn(key, 'x5c')) !== true)
    report('/certificates', 'is missing: self_signed_tls_client_auth needs the certificates, by thumbprint here or as x5c in "jwks"');
}

function goesWith(...methods: readonly ClientAuthenticationMethod[]): string {
  return `goes with the method ${methods.join(' or ')} only`;
}

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
const CURVES = ['prime256v1', 'secp384r1', 'secp521r1'];

/** Reports what keeps a public key from verifying signatures. RFC 7517. */
export function checkKey(jwk: Jwk, report: Problems): void {
  const secret = PRIVATE_MEMBERS.filter((member) => Object.hasOwn(jwk, member));
  for (const member of secret) report(`/${member}`, 'is part of a private or secret key; give the public key only');
  if (secret.length > 0) return;
  const key = publicKeyOf(jwk);
  const { modulusLength = 0, namedCurve = '' } = key?.asymmetricKeyDetails ?? {};
  const isRsa = key?.asymmetricKeyType === 'rsa';
  if (key === null || !(isRsa || key.asymmetricKeyType === 'ed25519' || CURVES.includes(namedCurve)))
    report('', 'must be a public key of kind RSA, EC (P-256, P-384, P-521) or OKP (Ed25519)');
  if (isRsa && modulusLength < 2048) report('/n', 'must have at least 2048 bits');
  const { alg } = jwk;
  if (alg !== undefined && !(typeof alg === 'string' && ASSERTION_ALGORITHMS.includes(alg)))
    report('/alg', `must be one of ${ASSERTION_ALGORITHMS.join(', ')}`);
  if (jwk['use'] !== undefined && jwk['use'] !== 'sig') report('/use', 'must be "sig", for signatures');
  if (key !== null && jwk['x5c'] !== undefined && !isCertifiedBy(key, jwk['x5c']))
    report('/x5c', 'must be certificates in base64, the first of this very key. RFC 7517 section 4.7');
}

function publicKeyOf(jwk: Jwk): KeyObject | null {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    return null;
  }
}

function isCertifiedBy(key: KeyObject, x5c: unknown): boolean {
  const own: unknown = Array.isArray(x5c) ? x5c[0] : undefined;
  if (typeof own !== 'string') return false;
  try {
    return new X509Certificate(Buffer.from(own, 'base64')).publicKey.equals(key);
  } catch {
    return false;
  }
}

/** What is wrong with a name that a certificate is to have; null for nothing. */
export function checkCertificateSubject({ kind, value }: CertificateSubject): string | null {
  switch (kind) {
    case 'subject_dn':
      return canonicalName(value) === null
        ? 'must be a distinguished name such as CN=reports,O=Example,C=SE: openssl x509 -noout -subject -nameopt RFC2253 -in FILE'
        : null;
    case 'san_dns':
      return /^(?=.{1,253}$)[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*$/.test(value) ? null : 'must be a DNS name, without wildcards';
    case 'san_ip':
      return isIP(value) === 0 ? 'must be an IP address' : null;
    case 'san_email':
      return /^[^@\s]+@[^@\s]+$/.test(value) ? null : 'must be an e-mail address';
    case 'san_uri':
      return URL.canParse(value) ? null : 'must be an absolute URI';
  }
}

import 'reflect-metadata';
import { webcrypto, type webcrypto as WebCrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  type Extension,
  type JsonGeneralName,
  type X509Certificate,
} from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY = 86_400_000;

/** A certificate with its private key (PKCS #8), both PEM. */
export interface TestCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** What is in a certificate, beyond its key. */
export interface TestCertificateNames {
  /** Most general attribute first: the order in which it is encoded, and the opposite of how RFC 4514 writes it. */
  readonly subject?: string;
  readonly alternative?: readonly JsonGeneralName[];
  /** Extended key usages, by object identifier. */
  readonly usages?: readonly string[];
  readonly isAuthority?: boolean;
  /** From and to, in days from now. */
  readonly days?: readonly [from: number, to: number];
}

/** For specs: a self-signed certificate. */
export async function aClientCertificate(names: TestCertificateNames = {}): Promise<TestCertificate> {
  const keys = await keyPair();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...{ name: names.subject ?? 'CN=client', keys, signingAlgorithm: ALGORITHM },
    ...contentsOf(names),
  });
  return { certificate: pemOf(certificate), key: await pemOfKey(keys) };
}

/** For specs: an authority, and certificates that it signs. */
export class TestClientAuthority {
  private constructor(
    private readonly keys: WebCrypto.CryptoKeyPair,
    private readonly own: X509Certificate,
  ) {}

  static async make(names: TestCertificateNames = {}): Promise<TestClientAuthority> {
    const keys = await keyPair();
    const own = await X509CertificateGenerator.createSelfSigned({
      ...{ name: names.subject ?? 'CN=authority', keys, signingAlgorithm: ALGORITHM },
      ...contentsOf({ isAuthority: true, ...names }),
    });
    return new TestClientAuthority(keys, own);
  }

  get pem(): string {
    return pemOf(this.own);
  }

  async issue(names: TestCertificateNames = {}): Promise<TestCertificate> {
    const keys = await keyPair();
    return { certificate: pemOf(await this.#sign(keys, names)), key: await pemOfKey(keys) };
  }

  /** An authority below this one. */
  async below(names: TestCertificateNames = {}): Promise<TestClientAuthority> {
    const keys = await keyPair();
    return new TestClientAuthority(keys, await this.#sign(keys, { subject: 'CN=intermediate', isAuthority: true, ...names }));
  }

  #sign(keys: WebCrypto.CryptoKeyPair, names: TestCertificateNames): Promise<X509Certificate> {
    return X509CertificateGenerator.create({
      ...{ subject: names.subject ?? 'CN=client', issuer: this.own.subject, publicKey: keys.publicKey },
      ...{ signingKey: this.keys.privateKey, signingAlgorithm: ALGORITHM },
      ...contentsOf(names),
    });
  }
}

function contentsOf({ alternative = [], usages = [], isAuthority = false, days: [from, to] = [-1, 365] }: TestCertificateNames) {
  const extensions: Extension[] = [];
  if (alternative.length > 0) extensions.push(new SubjectAlternativeNameExtension([...alternative]));
  if (usages.length > 0) extensions.push(new ExtendedKeyUsageExtension([...usages]));
  if (isAuthority) extensions.push(new BasicConstraintsExtension(true, undefined, true));
  return {
    serialNumber: `01${Buffer.from(webcrypto.getRandomValues(new Uint8Array(8))).toString('hex')}`,
    ...{ notBefore: new Date(Date.now() + from * DAY), notAfter: new Date(Date.now() + to * DAY), extensions },
  };
}

function keyPair(): Promise<WebCrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

function pemOf(certificate: X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}

async function pemOfKey({ privateKey }: WebCrypto.CryptoKeyPair): Promise<string> {
  return PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', privateKey), 'PRIVATE KEY');
}

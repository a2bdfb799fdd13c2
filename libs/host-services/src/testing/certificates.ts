import 'reflect-metadata';
import { webcrypto, type webcrypto as WebCrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  type X509Certificate,
} from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** PEM texts. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** For specs: an authority of its own, and certificates that it signs. */
export class TestAuthority {
  private constructor(
    private readonly keys: WebCrypto.CryptoKeyPair,
    private readonly certificate: X509Certificate,
  ) {}

  static async make(): Promise<TestAuthority> {
    const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const extensions = [new BasicConstraintsExtension(true, 1, true)];
    return new TestAuthority(
      keys,
      await X509CertificateGenerator.createSelfSigned({ name: 'CN=authority', keys, signingAlgorithm: ALGORITHM, extensions }),
    );
  }

  get pem(): string {
    return this.certificate.toString('pem');
  }

  async issue(name: string): Promise<Identity> {
    const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const certificate = await X509CertificateGenerator.create({
      serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(8))).toString('hex'),
      subject: `CN=${name}`,
      issuer: this.certificate.subject,
      signingKey: this.keys.privateKey,
      publicKey: keys.publicKey,
      signingAlgorithm: ALGORITHM,
      extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: name }])],
    });
    const key = PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
    return { cert: certificate.toString('pem'), key };
  }
}

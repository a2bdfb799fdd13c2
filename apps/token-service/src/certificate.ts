import 'reflect-metadata';
import { webcrypto, X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { Settings } from './settings.ts';
import { StartError } from './start-error.ts';

/** Certificate and key in PEM, and the file to give to `--cacert`. */
export interface TlsMaterial {
  readonly cert: string;
  readonly key: string;
  readonly certFile: string;
}

/** What some platforms still accept of a self-signed certificate. */
const VALID_DAYS = 825;
const RENEW_BEFORE_DAYS = 30;
const DAY = 86_400_000;

/** The TLS material of the mode; null when TLS is off. */
export async function tlsMaterial(settings: Settings): Promise<TlsMaterial | null> {
  switch (settings.tls.mode) {
    case 'off':
      return null;
    case 'files':
      return readFiles(settings.tls.certFile, settings.tls.keyFile);
    case 'self-signed':
      return selfSigned(join(settings.dataDir, 'tls'));
  }
}

function readFiles(certFile: string | null, keyFile: string | null): TlsMaterial {
  if (certFile === null || keyFile === null)
    throw new StartError('TLS mode "files" needs both a certificate and a key: --tls-cert FILE --tls-key FILE');
  return { cert: readPem(certFile), key: readPem(keyFile), certFile };
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new StartError(`cannot read ${file}: ${(cause as Error).message}`, { cause });
  }
}

/** Generated once and kept; made anew shortly before it ends. */
async function selfSigned(directory: string): Promise<TlsMaterial> {
  const certFile = join(directory, 'cert.pem');
  const keyFile = join(directory, 'key.pem');
  if (existsSync(certFile) && existsSync(keyFile)) {
    const cert = readPem(certFile);
    if (new X509Certificate(cert).validToDate.getTime() > Date.now() + RENEW_BEFORE_DAYS * DAY)
      return { cert, key: readPem(keyFile), certFile };
  }
  const { cert, key } = await generate();
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  writeFileSync(keyFile, key, { mode: 0o600 });
  writeFileSync(certFile, cert);
  // Anybody may check who we are, if the directory lets them in.
  chmodSync(certFile, 0o644);
  return { cert, key, certFile };
}

async function generate(): Promise<{ cert: string; key: string }> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=localhost, O=Tokenwright self-signed',
      keys,
      signingAlgorithm: algorithm,
      notBefore: new Date(Date.now() - DAY),
      notAfter: new Date(Date.now() + VALID_DAYS * DAY),
      extensions: [
        new SubjectAlternativeNameExtension([
          { type: 'dns', value: 'localhost' },
          { type: 'ip', value: '127.0.0.1' },
          { type: 'ip', value: '::1' },
        ]),
        new BasicConstraintsExtension(false, undefined, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      ],
    },
    webcrypto,
  );
  const key = PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  return { cert: certificate.toString('pem'), key };
}

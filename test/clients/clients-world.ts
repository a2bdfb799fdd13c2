import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { exportJWK, generateKeyPair, type CryptoKey } from 'jose';
import { Person } from '../support/person.ts';
import { dispose, startProduct, type ProductProcess } from '../support/product-process.ts';
import { admin, type Administered } from '../support/running-service.ts';
import { PROFILE } from '../support/signatures.ts';

export const SECRET = 'Secr3t!';
/** Where the clients of people.yaml that are on this machine listen: any port will do. RFC 8252 section 7.3. */
export const CALLBACK = 'http://127.0.0.1:40404/callback';

/** The product as it was built, with TLS, for clients that other people have written. */
export class ClientsWorld {
  private constructor(private readonly product: ProductProcess) {}

  /** @param configFile null for the demo */
  static async open(configFile: string | null = join(process.cwd(), 'test', 'support', 'people.yaml')): Promise<ClientsWorld> {
    const product = await startProduct({ tls: 'self-signed', args: configFile === null ? [] : ['--config', configFile] });
    // For whatever speaks TLS in this process and takes no authority of its own.
    setDefaultCACertificates([...getCACertificates('bundled'), product.ca ?? '']);
    return new ClientsWorld(product);
  }

  close(): Promise<void> {
    return dispose(this.product);
  }

  get url(): string {
    return this.product.url;
  }

  get port(): number {
    return this.product.port;
  }

  /** PEM. */
  get ca(): string {
    return this.product.ca ?? '';
  }

  get issuer(): URL {
    return new URL(`${this.url}/~`);
  }

  get admin(): Administered {
    return { adminUrl: this.product.adminUrl, adminToken: this.product.adminToken() };
  }

  person(username: string, profile = PROFILE): Promise<Person> {
    return Person.withAccount(this.admin, username, { name: 'Alice Example', email: 'alice@example.com' }, profile);
  }

  /** A client that signs what it is known by. RFC 7523 section 2.2. @returns its key */
  async clientWithKey(id: string, more: Readonly<Record<string, unknown>>): Promise<{ readonly key: CryptoKey; readonly kid: string }> {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'first', alg: 'ES256', use: 'sig' }] };
    const body = { id, authentication: { methods: ['private_key_jwt'], jwks }, ...more };
    const made = await admin(this.admin, 'POST', `/profiles/${PROFILE}/clients`, body);
    if (made.status !== 201) throw new Error(`${id}: ${made.status} ${await made.text()}`);
    return { key: privateKey, kid: 'first' };
  }
}

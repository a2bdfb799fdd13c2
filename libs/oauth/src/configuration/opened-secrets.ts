import { KeySealError, type KeySealer } from '../issuance/key-sealing.ts';
import type { Configuration } from './configuration.ts';
import type { Secret } from './entities.ts';
import type { HttpClient, HttpClientTls, HttpCredentials } from './http-client-settings.ts';

/** Credentials with what they are: a password, bearer token or header value. */
export type OpenedCredentials =
  | { readonly kind: 'basic'; readonly username: string; readonly value: string }
  | { readonly kind: 'bearer'; readonly value: string }
  | { readonly kind: 'header'; readonly name: string; readonly value: string };

/** An HTTP client made ready: the same object for as long as the entity stays the same. Never log it. */
export interface OpenedHttpClient extends Omit<HttpClient, 'credentials' | 'tls'> {
  readonly credentials: OpenedCredentials | null;
  /** PEM texts. */
  readonly tls: Omit<HttpClientTls, 'sealedClientKey'> & { readonly clientKey: string | null };
}

/** Opens secrets and HTTP clients, each once for as long as the configuration has that very entity. */
export class OpenedSecrets {
  readonly #values = new WeakMap<Secret, string>();
  readonly #httpClients = new WeakMap<HttpClient, OpenedHttpClient>();

  constructor(private readonly sealer: Pick<KeySealer, 'openText'>) {}

  /** The secrets of a profile, by name. @throws KeySealError that names the one that was sealed with another key */
  async values(configuration: Configuration, profile: string): Promise<ReadonlyMap<string, string>> {
    const opened = new Map<string, string>();
    for (const secret of configuration.all('secret')) {
      if (secret.profile !== profile) continue;
      const value = this.#values.get(secret) ?? (await this.#open(secret.sealedValue, `the secret "${secret.id}" of profile "${profile}"`));
      this.#values.set(secret, value);
      opened.set(secret.id, value);
    }
    return opened;
  }

  /** The HTTP clients of a profile, by id. @throws KeySealError that names the one that was sealed with another key */
  async httpClients(configuration: Configuration, profile: string): Promise<ReadonlyMap<string, OpenedHttpClient>> {
    const opened = new Map<string, OpenedHttpClient>();
    for (const client of configuration.all('http-client')) {
      if (client.profile !== profile) continue;
      const ready = this.#httpClients.get(client) ?? (await this.#openClient(client));
      this.#httpClients.set(client, ready);
      opened.set(client.id, ready);
    }
    return opened;
  }

  async #openClient(client: HttpClient): Promise<OpenedHttpClient> {
    const name = `of the HTTP client "${client.id}" of profile "${client.profile}"`;
    const { sealedClientKey, ...certificates } = client.tls;
    return {
      ...client,
      credentials: client.credentials === null ? null : await this.#openCredentials(client.credentials, `the credentials ${name}`),
      tls: {
        ...certificates,
        clientKey: sealedClientKey === null ? null : await this.#open(sealedClientKey, `the client key ${name}`),
      },
    };
  }

  async #openCredentials({ sealedValue, ...rest }: HttpCredentials, name: string): Promise<OpenedCredentials> {
    return { ...rest, value: await this.#open(sealedValue, name) };
  }

  async #open(sealed: string, name: string): Promise<string> {
    try {
      return await this.sealer.openText(sealed);
    } catch (cause) {
      throw new KeySealError(`${name} cannot be opened with this key encryption key; start with the one it was sealed with`, { cause });
    }
  }
}

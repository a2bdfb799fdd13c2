import { jest } from '@jest/globals';
import { ClientAuthentication } from '../client/client-authentication.ts';
import { hashChosenSecret } from '../client/client-secret.ts';
import { FailedAuthentications } from '../client/failed-authentications.ts';
import type { RegisteredClient } from '../client/registered-client.ts';
import { put } from '../configuration/configuration.ts';
import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import type { OAuthError } from '../errors.ts';
import { ForeignKeys } from '../foreign-keys.ts';
import { SingleUses } from '../single-uses.ts';
import type { MaybePromise } from '../stores.ts';
import { parseForm } from '../transport/form.ts';
import { aRequest, clientOf, PROFILE, ServiceUnderTest } from './service-builder.ts';

/** What `person` has as its secret, `Chos3n!`: one that somebody chose, so that it takes a slow hash. */
export const CHOSEN = { hash: await hashChosenSecret('Chos3n!'), createdAt: 0, expiresAt: null };

export const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

/** For specs: client authentication by itself, over the clients of a service, with a clock that specs turn. */
export class AuthenticationWorld {
  now = 1_000_000;
  readonly warned: unknown[] = [];
  readonly failures = new FailedAuthentications(
    (_message, fields) => this.warned.push(fields),
    () => this.now,
  );
  readonly clients: ClientAuthentication;
  /** Each slow hash passes here, with the lane it waits in. */
  readonly slowHash: jest.SpiedFunction<ClientAuthentication['queue']['verify']>;

  private constructor(readonly world: ServiceUnderTest) {
    const { failures } = this;
    this.clients = new ClientAuthentication({
      ...{ clock: () => this.now, failures, uses: new SingleUses(world.stores.uses), keys: new ForeignKeys(null) },
    });
    this.slowHash = jest.spyOn(this.clients.queue, 'verify');
  }

  static async open(): Promise<AuthenticationWorld> {
    return new AuthenticationWorld(await ServiceUnderTest.open([put('client', clientOf('person', { secrets: [CHOSEN] }))]));
  }

  profile(): ProfileSnapshot {
    return this.world.snapshot.profiles.get(PROFILE) as ProfileSnapshot;
  }

  present(headers: Record<string, string>, body = '', clientIpAddress: string | null = '192.0.2.1'): MaybePromise<RegisteredClient> {
    return this.clients.authenticate(this.profile(), aRequest('/token', body, { headers, clientIpAddress }), parseForm(body));
  }

  withBasic(id: string, secret: string, body = ''): MaybePromise<RegisteredClient> {
    return this.present({ authorization: basic(id, secret) }, body);
  }

  withPost(id: string, secret: string, address?: string | null): MaybePromise<RegisteredClient> {
    return this.present({}, new URLSearchParams({ client_id: id, client_secret: secret }).toString(), address);
  }
}

/** What an attempt is refused with. Throws when it is let in. */
export async function refusal(attempt: () => unknown): Promise<OAuthError> {
  try {
    await attempt();
  } catch (error) {
    return error as OAuthError;
  }
  throw new Error('was let in');
}

/** What leaves the service of a refusal. */
export const shown = ({ code, status, message, challenge }: OAuthError) => ({ code, status, message, challenge });

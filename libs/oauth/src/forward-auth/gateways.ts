import { BlockList, isIPv6 } from 'node:net';
import type { ClientAuthentication } from '../client/client-authentication.ts';
import type { RegisteredClient } from '../client/registered-client.ts';
import type { ForwardAuthSettings } from '../configuration/endpoint-settings.ts';
import type { Route } from '../configuration/snapshot.ts';
import { OAuthError } from '../errors.ts';
import { header, type OAuthRequest } from '../transport/exchange.ts';
import { NO_FORM } from '../transport/form.ts';

/** Where a gateway puts its own credentials: `Authorization` holds those of the client. */
export const GATEWAY_CREDENTIALS = 'gateway-authorization';

/** Finds out which client a gateway is: by its secret, by its certificate, or by the network it is in. */
export class Gateways {
  /** By the settings that name them: settings are never changed, but replaced. */
  readonly #networks = new WeakMap<ForwardAuthSettings, BlockList>();

  constructor(private readonly clients: ClientAuthentication) {}

  /** @throws OAuthError never a 401, which the client behind the gateway would take for its own */
  async authenticate(request: OAuthRequest, route: Route, settings: ForwardAuthSettings): Promise<RegisteredClient> {
    const client = await this.#identify(request, route, settings);
    if (!client.may('introspection'))
      throw refused('The client as which this gateway asks may not introspect tokens: give it the capability "introspection".');
    return client;
  }

  async #identify(request: OAuthRequest, { profile }: Route, settings: ForwardAuthSettings): Promise<RegisteredClient> {
    const credentials = header(request, GATEWAY_CREDENTIALS);
    if (credentials !== undefined && credentials !== '') {
      try {
        return await this.clients.authenticate(profile, { ...request, headers: { authorization: credentials } }, NO_FORM);
      } catch (error) {
        if (error instanceof OAuthError && error.status < 500) throw refused('The credentials of the gateway are wrong.', error);
        throw error;
      }
    }
    if (!this.#isTrusted(request, settings)) throw refused('The gateway is not authenticated.');
    const client = settings.client === null ? undefined : profile.configuredClient(settings.client);
    if (client === undefined) throw refused('The client as which this gateway asks does not exist or is disabled.');
    return client;
  }

  #isTrusted(request: OAuthRequest, settings: ForwardAuthSettings): boolean {
    if (settings.certificates.length > 0) {
      const thumbprint = request.certificateThumbprint?.() ?? null;
      if (thumbprint !== null && settings.certificates.includes(thumbprint)) return true;
    }
    const address = request.peerAddress?.() ?? null;
    return address !== null && settings.networks.length > 0 && this.#networksOf(settings).check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  }

  #networksOf(settings: ForwardAuthSettings): BlockList {
    let list = this.#networks.get(settings);
    if (list === undefined) {
      list = new BlockList();
      for (const network of settings.networks) {
        const [address = '', prefix = ''] = network.split('/');
        list.addSubnet(address, Number(prefix), isIPv6(address) ? 'ipv6' : 'ipv4');
      }
      this.#networks.set(settings, list);
    }
    return list;
  }
}

function refused(description: string, cause?: unknown): OAuthError {
  return new OAuthError('unauthorized_client', description, { status: 403, cause });
}

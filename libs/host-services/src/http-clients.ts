import type { OpenedHttpClient, OutgoingRequest, OutgoingResponse } from '#libs/oauth';
import type { Resolve } from './guarded-connection.ts';
import { OutgoingClient } from './outgoing-client.ts';

/** The clients of all profiles, each made when it is first used and made anew when its configuration has changed. */
export class HttpClients {
  readonly #clients = new Map<string, OutgoingClient>();

  /** @param onError hears of connections that could not be ended in good order */
  constructor(
    private readonly resolve: Resolve,
    private readonly onError: (error: unknown) => void,
  ) {}

  /**
   * @param anonymous without credentials and client certificate, and with redirects within the origin alone
   * @throws HostServiceError
   */
  async request(settings: OpenedHttpClient, request: OutgoingRequest, anonymous = false): Promise<OutgoingResponse> {
    return this.#client(settings).request(request, anonymous);
  }

  async close(): Promise<void> {
    const clients = [...this.#clients.values()];
    this.#clients.clear();
    await Promise.all(clients.map((client) => client.close()));
  }

  #client(settings: OpenedHttpClient): OutgoingClient {
    const name = `${settings.profile}\n${settings.id}`;
    const known = this.#clients.get(name);
    if (known?.settings === settings) return known;
    const client = new OutgoingClient(settings, this.resolve);
    this.#clients.set(name, client);
    // Nobody is left with connections of a former configuration.
    known?.retire().catch(this.onError);
    return client;
  }
}

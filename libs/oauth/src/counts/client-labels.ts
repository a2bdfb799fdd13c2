import { isDynamicClientId } from '../registration/dynamic-clients.ts';

/** Clients that counts tell apart; beyond, further ones are counted together. */
const TOLD_APART = 500;
const OTHERS = '(others)';
/** Those that have registered themselves, which are as many as anybody likes. */
const DYNAMIC = '(dynamic)';

/** Names clients in counts: those of the profile alone, since anybody can send an id, and no more than a bound, since each is kept. */
export class ClientLabels {
  readonly #known = new Set<string>();

  constructor(private readonly toldApart = TOLD_APART) {}

  /** @param client null where it is none of the profile's: an empty label */
  of(profile: string, client: string | null): string {
    if (client === null) return '';
    if (isDynamicClientId(client)) return DYNAMIC;
    const name = `${profile}\n${client}`;
    if (this.#known.has(name)) return client;
    if (this.#known.size >= this.toldApart) return OTHERS;
    this.#known.add(name);
    return client;
  }
}

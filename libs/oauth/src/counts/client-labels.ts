/** Clients that counts tell apart; beyond, further ones are counted together. */
const TOLD_APART = 500;
const OTHERS = '(others)';

/** Names clients in counts: those of the profile alone, since anybody can send an id, and no more than a bound, since each is kept. */
export class ClientLabels {
  readonly #known = new Set<string>();

  constructor(private readonly toldApart = TOLD_APART) {}

  /** @param client null where it is none of the profile's: an empty label */
  of(profile: string, client: string | null): string {
    if (client === null) return '';
    const name = `${profile}\n${client}`;
    if (this.#known.has(name)) return client;
    if (this.#known.size >= this.toldApart) return OTHERS;
    this.#known.add(name);
    return client;
  }
}

import type {
  DynamicClient,
  DynamicClientFilter,
  DynamicClientStore,
  InitialAccessToken,
  NewDynamicClient,
  NewInitialAccessToken,
  RegistrationOutcome,
  RegistrationState,
  RegistrationTerms,
} from '../registration-stores.ts';
import type { NewAuditEvent, Page } from '../stores.ts';
import type { MemoryAuditStore } from './memory-audit-store.ts';
import { pageOf } from './memory-page.ts';

interface Paging {
  readonly after?: string;
  readonly limit: number;
}

export class MemoryDynamicClientStore implements DynamicClientStore {
  readonly #clients = new Map<string, DynamicClient>();
  readonly #tokens = new Map<string, InitialAccessToken>();

  /** @param endDelegations of a client that is removed */
  constructor(
    private readonly audit: MemoryAuditStore,
    private readonly endDelegations: (profile: string, clientId: string, at: number) => void,
  ) {}

  has(profile: string, id: string): boolean {
    return this.#clients.has(nameOf(profile, id));
  }

  find(profile: string, id: string, known: number | null): DynamicClient | 'unchanged' | null {
    const client = this.#clients.get(nameOf(profile, id));
    if (client === undefined) return null;
    return client.version === known ? 'unchanged' : structuredClone(client);
  }

  register(client: NewDynamicClient, { maximumClients, token, audit }: RegistrationTerms): RegistrationOutcome {
    const used = token === null ? null : this.findToken(client.profile, token.hash);
    if (token !== null && (used === null || used.uses >= used.maximumUses || used.expiresAt <= client.createdAt)) return 'token-used';
    const others = [...this.#clients.values()].filter(
      ({ profile, template }) => profile === client.profile && template === client.template,
    );
    if (others.length >= maximumClients) return 'full';
    if (used !== null) this.#tokens.set(nameOf(used.profile, used.id), { ...used, uses: used.uses + 1 });
    this.#clients.set(nameOf(client.profile, client.id), structuredClone({ ...client, version: 1, updatedAt: client.createdAt }));
    this.audit.append(audit);
    return 'registered';
  }

  update(profile: string, id: string, from: number, state: RegistrationState, at: number, audit: readonly NewAuditEvent[]): boolean {
    const client = this.#clients.get(nameOf(profile, id));
    if (client?.version !== from) return false;
    const { metadata, properties, secrets, tokenHash } = structuredClone(state);
    this.#clients.set(nameOf(profile, id), { ...client, metadata, properties, secrets, tokenHash, version: from + 1, updatedAt: at });
    this.audit.append(audit);
    return true;
  }

  remove(profile: string, id: string, at: number, audit: readonly NewAuditEvent[], tokenHash?: string): boolean {
    const client = this.#clients.get(nameOf(profile, id));
    if (client === undefined || (tokenHash !== undefined && client.tokenHash !== tokenHash)) return false;
    this.#clients.delete(nameOf(profile, id));
    this.endDelegations(profile, id, at);
    this.audit.append(audit);
    return true;
  }

  list({ profile, template }: DynamicClientFilter, page: Paging): Page<DynamicClient> {
    const matches = (client: DynamicClient) => client.profile === profile && (template === undefined || client.template === template);
    return pageOf(this.#clients.values(), matches, page);
  }

  listExpired(before: number, limit: number): readonly { readonly profile: string; readonly id: string }[] {
    return [...this.#clients.values()]
      .filter(({ expiresAt }) => expiresAt !== null && expiresAt < before)
      .map(({ profile, id }) => ({ profile, id }))
      .slice(0, limit);
  }

  createToken(token: NewInitialAccessToken, audit: readonly NewAuditEvent[]): void {
    this.#tokens.set(nameOf(token.profile, token.id), { ...token, uses: 0 });
    this.audit.append(audit);
  }

  findToken(profile: string, hash: Uint8Array): InitialAccessToken | null {
    const is = (token: InitialAccessToken) => token.profile === profile && Buffer.from(token.hash).equals(hash);
    return [...this.#tokens.values()].find(is) ?? null;
  }

  listTokens(profile: string, page: Paging): Page<InitialAccessToken> {
    return pageOf(this.#tokens.values(), (token) => token.profile === profile, page);
  }

  removeToken(profile: string, id: string, audit: readonly NewAuditEvent[]): boolean {
    const isRemoved = this.#tokens.delete(nameOf(profile, id));
    if (isRemoved) this.audit.append(audit);
    return isRemoved;
  }

  deleteExpiredTokens(before: number, limit: number): number {
    const ended = [...this.#tokens].filter(([, { expiresAt }]) => expiresAt < before).slice(0, limit);
    for (const [name] of ended) this.#tokens.delete(name);
    return ended.length;
  }
}

function nameOf(profile: string, id: string): string {
  return `${profile}\n${id}`;
}

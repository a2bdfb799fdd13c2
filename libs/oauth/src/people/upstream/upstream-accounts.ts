import { randomBytes, randomUUID } from 'node:crypto';
import { entityKey } from '../../configuration/entities.ts';
import type { AccountLink, AccountLinkStore, AccountStore } from '../../people-stores.ts';
import type { NewAuditEvent } from '../../stores.ts';
import type { OpenedUpstream } from './upstream-client.ts';
import type { UpstreamIdentity } from './upstream-identity.ts';

/** Numbers that are tried behind a name that is taken, before something random is. */
const NUMBERS = [2, 3, 4, 5];

/** Finds and makes the accounts of people who sign in by upstream providers. */
export class UpstreamAccounts {
  constructor(
    private readonly stores: { readonly accounts: AccountStore; readonly links: AccountLinkStore },
    private readonly clock: () => number,
  ) {}

  /** The account that somebody is linked to, or is to be by the settings; null for none. */
  async linkOf(upstream: OpenedUpstream, identity: UpstreamIdentity): Promise<AccountLink | null> {
    const { settings } = upstream;
    const person = personOf(upstream, identity);
    const known = await this.stores.links.find(person);
    if (known !== null) return known;
    if (settings.linkByEmail && identity.verifiedEmail !== null) {
      const account = await this.stores.accounts.findByUsername(upstream.profile, identity.verifiedEmail);
      if (account !== null) {
        await this.link(upstream, identity, account.id, 'email');
        // Whoever was first: the account it is linked to now.
        return this.stores.links.find(person);
      }
    }
    return settings.accounts === 'create' ? this.#made(upstream, identity) : null;
  }

  /** Links somebody to an account. False where they are linked already, or there is no such account. */
  async link(upstream: OpenedUpstream, identity: UpstreamIdentity, account: string, by: 'email' | 'person'): Promise<boolean> {
    const event = this.#event(upstream, 'account.link', account, { by });
    return this.stores.links.add({ ...personOf(upstream, identity), account }, this.clock(), event);
  }

  async #made(upstream: OpenedUpstream, identity: UpstreamIdentity): Promise<AccountLink> {
    const id = randomUUID();
    const { username, attributes: told } = identity;
    const attributes = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== null));
    const usernames = [username, ...NUMBERS.map((n) => `${username}-${n}`), `${username}-${randomBytes(8).toString('hex')}`];
    return this.stores.links.create(
      personOf(upstream, identity),
      { id, passwordHash: null, attributes, enabled: true, createdAt: this.clock() },
      usernames,
      (name) => this.#event(upstream, 'account.create', id, { username: name, attributes: Object.keys(attributes) }),
    );
  }

  #event({ profile, name, settings }: OpenedUpstream, action: string, account: string, details: object): NewAuditEvent {
    const after = { ...details, provider: name, issuer: settings.issuer };
    return { at: this.clock(), actor: 'person', action, kind: 'account', key: entityKey(profile, account), before: null, after };
  }
}

function personOf({ profile, settings }: OpenedUpstream, { subject }: UpstreamIdentity) {
  return { profile, issuer: settings.issuer, subject };
}

import type { ProfileSnapshot, Route, Snapshot } from '../configuration/snapshot.ts';
import type { RegisteredClient } from '../client/registered-client.ts';
import type { Stores } from '../stores.ts';
import type { PersonRequirement } from '../people-stores.ts';
import type { OAuthRequest } from '../transport/exchange.ts';
import type { LoginSessions } from './login-sessions.ts';
import type { LoginSession, People } from './people.ts';

type Attributes = LoginSession['attributes'];

/** People with accounts of the service itself, who are asked on its own pages. */
export class AccountPeople implements People {
  constructor(
    private readonly sessions: LoginSessions,
    private readonly stores: Pick<Stores, 'accounts' | 'consents'>,
    private readonly clock: () => number,
  ) {}

  async session(request: OAuthRequest, profile: ProfileSnapshot): Promise<LoginSession | null> {
    const found = await this.sessions.find(request, profile);
    if (found === null) return null;
    const { id, subject, authenticatedAt, acr, amr, attributes, username } = found;
    return { id, subject, authenticatedAt, acr, amr, attributes: named(username, attributes) };
  }

  async hasConsented(profile: string, subject: string, clientId: string, scopes: readonly string[]): Promise<boolean> {
    return this.stores.consents.covers(profile, subject, clientId, scopes, this.clock());
  }

  async attributes(profile: string, subject: string): Promise<Attributes | null> {
    const account = await this.stores.accounts.find(profile, subject);
    return account?.enabled === true ? named(account.username, account.attributes) : null;
  }

  requirement(profile: string, { subject, id }: LoginSession, { id: client, client: settings }: RegisteredClient): PersonRequirement {
    const isAsked = settings.authorizationCode?.consent === true;
    return { profile, subject, session: id, consentTo: isAsked ? client : null };
  }

  page(snapshot: Snapshot, { profile }: Route, page: 'login' | 'consent', interaction: string): string | null {
    const pages = snapshot.advertised(profile, 'user-pages');
    return pages === undefined ? null : `${pages}/${page}?interaction=${encodeURIComponent(interaction)}`;
  }
}

/** The name that somebody signs in by is a claim like others. OpenID Connect Core section 5.1. */
export function named(username: string, attributes: Attributes): Attributes {
  return { preferred_username: username, ...attributes };
}

import type { LoginSession, People } from '../people/people.ts';

/** People as a spec says: one browser, in which somebody is signed in or not. */
export class PeopleOfASpec implements People {
  /** Who is signed in; null for nobody. */
  signedIn: LoginSession | null = null;
  /** Clients and scopes that were allowed before: `app read write`. */
  readonly allowed = new Set<string>();

  session(): Promise<LoginSession | null> {
    return Promise.resolve(this.signedIn);
  }

  hasConsented(_profile: string, _subject: string, clientId: string, scopes: readonly string[]): Promise<boolean> {
    return Promise.resolve(this.allowed.has([clientId, ...scopes].join(' ')));
  }

  requirement(): null {
    return null;
  }

  attributes(): Promise<Readonly<Record<string, unknown>> | null> {
    return Promise.resolve(this.signedIn?.attributes ?? null);
  }

  page(_snapshot: unknown, _route: unknown, page: 'login' | 'consent', interaction: string): string {
    return `/pages/${page}?interaction=${interaction}`;
  }
}

/** Alice has signed in a minute ago. */
export function aSession(now: number, members: Partial<LoginSession> = {}): LoginSession {
  return {
    ...{ id: 'session-1', subject: 'alice', authenticatedAt: now - 60, acr: 'urn:tokenwright:password', amr: ['pwd'], attributes: {} },
    ...members,
  };
}

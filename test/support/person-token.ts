import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { mintOpaqueToken, type DelegationView } from '#libs/oauth';
import { openStores } from '#libs/persistence';

/** A token of a person, as a client got it when that signed in. */
export interface PersonToken {
  readonly value: string;
  /** What it can be refreshed with; it ends everything. */
  readonly refreshToken: string;
  readonly delegationId: string;
}

export interface PersonTokenParts {
  readonly profile: string;
  readonly issuer: string;
  readonly client: string;
  readonly person: string;
  readonly scope: string;
  readonly audience: string;
  /** Further claims. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** Stores tokens of people in the data directory of a product that does not run. */
export async function storePersonTokens(dataDir: string, people: readonly PersonTokenParts[]): Promise<readonly PersonToken[]> {
  const stores = await openStores({ database: { kind: 'sqlite', file: join(dataDir, 'tokenwright.db') } });
  try {
    const now = Math.floor(Date.now() / 1000);
    const made: PersonToken[] = [];
    for (const { profile, issuer, client, person, scope, audience, claims } of people) {
      const id = randomBytes(16).toString('base64url');
      const expiresAt = now + 3600;
      const access = mintOpaqueToken('access_token', expiresAt);
      const refresh = mintOpaqueToken('refresh_token', expiresAt);
      const view: DelegationView = { id, clientId: client, owner: person, scope };
      const common = { profile, clientId: client };
      const data = { delegationId: id, iss: issuer, sub: person, aud: audience, scope, iat: now, nbf: now, exp: expiresAt, ...claims };
      const row = { ...common, form: 'opaque', subject: person, delegationId: id, issuedAt: now, expiresAt } as const;
      const delegation = { ...common, id, owner: person, scope, view: JSON.stringify(view), createdAt: now, expiresAt };
      const token = (purpose: 'access_token' | 'refresh_token', { key }: typeof access) =>
        ({ effect: 'token', token: { ...row, key, purpose, data: JSON.stringify({ purpose, ...data }) } }) as const;
      const effects = [{ effect: 'delegation', delegation } as const, token('access_token', access), token('refresh_token', refresh)];
      const [outcome] = await stores.tokens.commit([{ at: now, requires: [], claim: null, effects }]);
      if (outcome !== 'committed') throw new Error(`the token of ${person} was not stored: ${outcome ?? ''}`);
      made.push({ value: access.value, refreshToken: refresh.value, delegationId: id });
    }
    return made;
  } finally {
    await stores.close();
  }
}

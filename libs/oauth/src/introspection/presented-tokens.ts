import type { RegisteredClient } from '../client/registered-client.ts';
import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import type { UnknownToken } from '../counts/service-counts.ts';
import type { FoundToken, MaybePromise } from '../stores.ts';
import { opaqueTokenKey } from '../token/opaque-token.ts';
import { presentedJwt, type PresentedJwt } from '../token/presented-jwt.ts';
import type { TokenLookup } from '../token/token-lookup.ts';
import { introspectedToken, type IntrospectedToken } from './introspected-token.ts';

/** What a presented text names: `claims` are those of a JWT access token, which may be narrower than its row. */
export type NamedToken = PresentedJwt;

/** A row that was found, with the claims of the JWT that names it, if one does: they are about whom the row is about. */
export interface FoundByName {
  readonly found: FoundToken;
  readonly claims: Record<string, unknown> | null;
}

/** Finds what a caller may know of a token that it presents: opaque, wrapped, or a JWT access token of ours. */
export class PresentedTokens {
  constructor(private readonly lookup: TokenLookup) {}

  /**
   * What the caller may know of the token; else why it is not to know anything: `inactive` when it has ended or is none of its business,
   * `unknown` when there is none, `malformed` when it can be none.
   */
  async find(
    presented: string,
    caller: RegisteredClient,
    profile: ProfileSnapshot,
    now: number,
  ): Promise<IntrospectedToken | 'inactive' | UnknownToken> {
    const text = this.named(presented, profile, now);
    const named = text instanceof Promise ? await text : text;
    if (named === null) return 'malformed';
    if (named === 'expired') return 'inactive';
    const looked = this.lookUp(named, profile);
    const token = looked instanceof Promise ? await looked : looked;
    return token === null ? 'unknown' : (introspectedToken(token.found, token.claims, caller, profile, now) ?? 'inactive');
  }

  /** The row that a text names, without looking whether there is one; null when it can be no token of ours, `expired` for a JWT that was one. */
  named(presented: string, profile: ProfileSnapshot, now: number): MaybePromise<NamedToken | 'expired' | null> {
    const key = opaqueTokenKey(presented);
    return key === null ? presentedJwt(profile, presented, now) : { key, claims: null };
  }

  /** The row, whatever it says; null when there is none. */
  lookUp({ key, claims }: NamedToken, profile: ProfileSnapshot): MaybePromise<FoundByName | null> {
    const found = this.lookup.find(key);
    return found instanceof Promise ? found.then((row) => byName(row, claims, profile)) : byName(found, claims, profile);
  }

  /** A request is under way: those of many look up together. */
  begin(): void {
    this.lookup.inFlight++;
  }

  end(): void {
    this.lookup.inFlight--;
  }
}

function byName(
  found: FoundToken | null,
  claims: Record<string, unknown> | null,
  profile: ProfileSnapshot,
): MaybePromise<FoundByName | null> {
  if (found === null) return null;
  return claims === null ? { found, claims } : claimsOfRow(found, claims, profile).then((own) => ({ found, claims: own }));
}

/** Claims of a JWT access token with the subject of its row in the place of the one by which its client knows the person. */
export async function claimsOfRow(
  { clientId, data }: FoundToken,
  claims: Record<string, unknown>,
  profile: ProfileSnapshot,
): Promise<Record<string, unknown>> {
  const { sub } = JSON.parse(data) as { readonly sub: string };
  return claims['sub'] === sub ? claims : { ...claims, sub: await profile.subjectOfJwt(clientId, sub, claims['sub']) };
}

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
    const looked = this.lookUp(named);
    const found = looked instanceof Promise ? await looked : looked;
    return found === null ? 'unknown' : (introspectedToken(found, named.claims, caller, profile, now) ?? 'inactive');
  }

  /** The row that a text names, without looking whether there is one; null when it can be no token of ours, `expired` for a JWT that was one. */
  named(presented: string, profile: ProfileSnapshot, now: number): MaybePromise<NamedToken | 'expired' | null> {
    const key = opaqueTokenKey(presented);
    return key === null ? presentedJwt(profile, presented, now) : { key, claims: null };
  }

  /** The row, whatever it says; null when there is none. */
  lookUp({ key }: NamedToken): MaybePromise<FoundToken | null> {
    return this.lookup.find(key);
  }

  /** A request is under way: those of many look up together. */
  begin(): void {
    this.lookup.inFlight++;
  }

  end(): void {
    this.lookup.inFlight--;
  }
}

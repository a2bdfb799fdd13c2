import type { RegisteredClient } from '../client/registered-client.ts';
import type { ProfileSnapshot } from '../configuration/snapshot.ts';
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

  /** Null when it is inactive, or as good as unknown to this caller. */
  async find(presented: string, caller: RegisteredClient, profile: ProfileSnapshot, now: number): Promise<IntrospectedToken | null> {
    const text = this.named(presented, profile, now);
    const named = text instanceof Promise ? await text : text;
    if (named === null) return null;
    const looked = this.lookUp(named);
    const found = looked instanceof Promise ? await looked : looked;
    return found === null ? null : introspectedToken(found, named.claims, caller, profile, now);
  }

  /** The row that a text names, without looking whether there is one; null when it can be no token of ours. */
  named(presented: string, profile: ProfileSnapshot, now: number): MaybePromise<NamedToken | null> {
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

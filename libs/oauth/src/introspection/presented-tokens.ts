import type { RegisteredClient } from '../client/registered-client.ts';
import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import { opaqueTokenKey } from '../token/opaque-token.ts';
import { presentedJwt } from '../token/presented-jwt.ts';
import type { TokenLookup } from '../token/token-lookup.ts';
import { introspectedToken, type IntrospectedToken } from './introspected-token.ts';

/** Finds what a caller may know of a token that it presents: opaque, wrapped, or a JWT access token of ours. */
export class PresentedTokens {
  constructor(private readonly lookup: TokenLookup) {}

  /** Null when it is inactive, or as good as unknown to this caller. */
  async find(presented: string, caller: RegisteredClient, profile: ProfileSnapshot, now: number): Promise<IntrospectedToken | null> {
    let key = opaqueTokenKey(presented);
    let claims = null;
    if (key === null) {
      const jwt = await presentedJwt(profile, presented, now);
      if (jwt === null) return null;
      ({ key, claims } = jwt);
    }
    const looked = this.lookup.find(key);
    const found = looked instanceof Promise ? await looked : looked;
    return found === null ? null : introspectedToken(found, claims, caller, profile, now);
  }

  /** A request is under way: those of many look up together. */
  begin(): void {
    this.lookup.inFlight++;
  }

  end(): void {
    this.lookup.inFlight--;
  }
}

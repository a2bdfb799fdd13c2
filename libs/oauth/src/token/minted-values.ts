import { CeilingError } from '../issuance/claims.ts';
import { mintDelegationId } from '../procedures/procedure-executor.ts';
import type { TokenPurpose } from '../stores.ts';
import { mintOneTimeToken, type OneTimeKind, type OneTimeToken } from './one-time-token.ts';
import type { MintedToken } from './opaque-token.ts';
import type { TokenComposition } from './token-composition.ts';

/** What a flow issues. */
export interface MintableKinds {
  /** Whether a delegation is to be made as a rule. */
  readonly delegation: boolean;
  /** The id that the first one has; undefined for a new one. */
  readonly renewed: string | undefined;
  readonly accessTokens: boolean;
  readonly refreshTokens: boolean;
  /** Of which kind its codes are; null for none. */
  readonly codes: OneTimeKind | null;
}

/**
 * The values of what a run issues: the n-th of a kind goes to the n-th call that asks for one. They are made by the host, and
 * become something when they are committed.
 */
export class MintedValues {
  readonly delegations: string[] = [];
  readonly tokens: Record<TokenPurpose, MintedToken[]> = { access_token: [], refresh_token: [] };
  readonly codes: OneTimeToken[] = [];
  /** The first of each kind, which go along with the invocation. */
  readonly first: Readonly<Record<string, readonly string[]>>;

  constructor(
    private readonly composition: TokenComposition,
    private readonly kinds: MintableKinds,
    private readonly flow: string,
  ) {
    const first: Record<string, readonly string[]> = {};
    if (kinds.delegation) first['delegation'] = [this.mint('delegation')];
    if (kinds.accessTokens) first['access_token'] = [this.mint('access_token')];
    if (kinds.refreshTokens) first['refresh_token'] = [this.mint('refresh_token')];
    if (kinds.codes !== null) first[kinds.codes] = [this.mint(kinds.codes)];
    this.first = first;
  }

  /** @throws CeilingError when the flow makes none of the kind */
  mint(kind: string): string {
    const { accessTokens, refreshTokens, codes } = this.kinds;
    if (kind === 'delegation') {
      const id = (this.delegations.length === 0 ? this.kinds.renewed : undefined) ?? mintDelegationId();
      this.delegations.push(id);
      return id;
    }
    if ((kind === 'access_token' && accessTokens) || (kind === 'refresh_token' && refreshTokens)) {
      const minted = this.composition.mint(kind);
      this.tokens[kind].push(minted);
      return minted.value;
    }
    if (codes !== null && kind === codes) {
      const minted = mintOneTimeToken(codes);
      this.codes.push(minted);
      return minted.value;
    }
    throw new CeilingError(`flow ${this.flow} issues no ${kind.replaceAll('_', ' ')}`);
  }

  /** The texts, none of which may show. */
  secrets(): readonly string[] {
    return [...this.tokens.access_token, ...this.tokens.refresh_token, ...this.codes].map(({ value }) => value);
  }
}

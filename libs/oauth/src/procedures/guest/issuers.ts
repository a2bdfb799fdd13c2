import type { IssuerView } from '../host-calls.ts';
import type { Guest } from '../sandbox.ts';
import type { DelegationViews } from './delegations.ts';
import type { JsonTexts } from './json.ts';
import type { RunStates } from './run-state.ts';
import type { ViewKinds } from './views.ts';

/**
 * Sent into the realm as text (`Function.prototype.toString`): the function may name nothing of this module but types.
 *
 * Issuers. The data is copied, as JSON, at the call. Opaque tokens and delegations are effects whose values were made
 * beforehand; what is signed is asked of the host.
 */
export function issuerViews(guest: Guest, runs: RunStates, json: JsonTexts, views: ViewKinds, delegations: DelegationViews) {
  interface TokenIssuer {
    readonly issuer: IssuerView;
    /** Its name in messages. */
    readonly name: string;
    /** The kind of minted value of opaque tokens. */
    readonly purpose: string;
  }

  const TokenIssuers = views.define<TokenIssuer>({
    methods: {
      issue({ issuer, name, purpose }, _view, data, delegation): string | null {
        if (!issuer.enabled) return null;
        const delegationId = delegations.idOf(delegation, `${name}.issue`);
        const text = json.ofData(data, `${name}.issue`);
        if (issuer.kind !== 'opaque') return guest.call('issue', `${issuer.id}\n${delegationId}\n${text}`);
        const { index, value } = guest.mint(purpose);
        guest.effect('token', `${issuer.id}\n${delegationId}\n${index}\n${text}`);
        return value;
      },
    },
  });

  interface DelegationIssuer {
    readonly clientId: () => string;
  }

  const DelegationIssuers = views.define<DelegationIssuer>({
    methods: {
      issue({ clientId }, _view, data): object {
        const text = json.ofData(data, 'delegationIssuer.issue');
        const { index, value } = guest.mint('delegation');
        guest.effect('delegation', `${index}\n${text}`);
        return delegations.made(value, text, clientId);
      },
      getById(): never {
        throw runs.notAvailable('delegationIssuer.getById');
      },
      /** Takes effect when the procedure succeeds. */
      revoke(_raw, _view, delegation): boolean {
        const id = typeof delegation === 'string' ? delegation : delegations.idOf(delegation, 'delegationIssuer.revoke');
        if (id === '' || id.length > 200 || /[^\x21-\x7e]/.test(id)) {
          throw new TypeError('delegationIssuer.revoke: expected a delegation or its id');
        }
        guest.effect('revoke-delegation', id);
        return true;
      },
    },
  });

  return {
    /** Null for none. */
    accessTokens: (issuer: IssuerView | null | undefined, name: string): object | null =>
      issuer === null || issuer === undefined ? null : TokenIssuers.make({ issuer, name, purpose: 'access_token' }),
    delegations: (clientId: () => string): object => DelegationIssuers.make({ clientId }),
  };
}

/** What `issuerViews` makes. */
export type IssuerViews = ReturnType<typeof issuerViews>;

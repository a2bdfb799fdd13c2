import type { Route } from '../configuration/snapshot.ts';
import { OAuthError } from '../errors.ts';
import type { GrantStore, TokenStore } from '../stores.ts';
import { mintOneTimeToken, oneTimeTokenHash } from '../token/one-time-token.ts';
import { keptParameters, parameter, parametersKept, type Form } from '../transport/form.ts';

/** Seconds in which a pushed request is to be used. RFC 9126 section 2.2. */
export const PUSHED_LIFETIME = 90;

const PREFIX = 'urn:ietf:params:oauth:request_uri:';
/** Kind of the stored grant that a pushed request is. Anybody may push some for a public client, so they are not kept for long. */
export const PUSHED_REQUEST = 'pushed_authorization_request';

/** Authorization requests that clients have handed in beforehand. RFC 9126. */
export class PushedRequests {
  constructor(
    private readonly grants: GrantStore,
    private readonly tokens: Pick<TokenStore, 'commit'>,
    private readonly clock: () => number,
  ) {}

  /** Keeps a request that was checked; answers its `request_uri`. */
  async push(parameters: Form, clientId: string, profile: string): Promise<string> {
    const { value, hash } = mintOneTimeToken('request_uri');
    const at = this.clock();
    const data = JSON.stringify(keptParameters(parameters));
    const grant = { profile, hash, kind: PUSHED_REQUEST, clientId, delegationId: '', data, expiresAt: at + PUSHED_LIFETIME };
    await this.tokens.commit([{ at, effects: [{ effect: 'grant', grant }], requires: [], claim: null }]);
    return PREFIX + value;
  }

  /**
   * The parameters of a request: those given, or those of the pushed request that they name, which is used up.
   *
   * @throws OAuthError when there is no such request, or the client has to push its requests
   */
  async resolved(given: Form, { profile }: Route): Promise<Form> {
    const requestUri = parameter(given, 'request_uri');
    const clientId = parameter(given, 'client_id') ?? '';
    if (requestUri === undefined) {
      if ((await profile.findClient(clientId))?.client.authorizationCode?.pushedRequestsOnly === true)
        throw new OAuthError('invalid_request', 'The application has to push its requests.');
      return given;
    }
    const invalid = new OAuthError('invalid_request_uri', 'The request_uri is not known, was used, or has expired.');
    const hash = requestUri.startsWith(PREFIX) ? oneTimeTokenHash('request_uri', requestUri.slice(PREFIX.length)) : null;
    if (hash === null) throw invalid;
    const outcome = await this.grants.claim(profile.id, hash, PUSHED_LIFETIME);
    if (outcome.outcome !== 'claimed') throw invalid;
    if (outcome.grant.clientId !== clientId) {
      await this.grants.release(outcome.claim, { counted: true });
      throw invalid;
    }
    await this.grants.end(outcome.claim);
    return parametersKept(JSON.parse(outcome.grant.data) as Record<string, string>);
  }
}

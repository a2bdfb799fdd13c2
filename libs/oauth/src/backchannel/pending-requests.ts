import { randomBytes } from 'node:crypto';
import { entityKey } from '../configuration/entities.ts';
import { serverError } from '../errors.ts';
import type { PolledAuthorizationStore } from '../polled-authorization-store.ts';
import type { AuditStore } from '../stores.ts';
import { mintOneTimeToken } from '../token/one-time-token.ts';
import type { TokenCommit } from '../token/token-commit.ts';
import {
  BACKCHANNEL_AUTHENTICATION,
  pendingRequest,
  requestIdHash,
  type ApprovedAuthentication,
  type DecidedAuthentication,
  type PendingRequest,
  type RequestedAuthentication,
} from './requested-authentication.ts';

/** A request as it was just made. */
export interface MadeRequest extends PendingRequest {
  /** What the client polls with: `auth_req_id`. Only its hash is stored. */
  readonly value: string;
  /** Seconds that the client waits between two polls. */
  readonly interval: number;
}

/** For how long a request waits, and how often its client may ask. Seconds. */
export interface Waiting {
  readonly lifetime: number;
  readonly interval: number;
}

/** Who tells a decision: the person, or a service on the person's behalf. */
export type Decider = { readonly kind: 'person' } | { readonly kind: 'client'; readonly id: string };

/** Requests that wait for a person's decision. */
export class PendingRequests {
  constructor(
    private readonly polled: PolledAuthorizationStore,
    private readonly commits: TokenCommit,
    private readonly audit: AuditStore,
    private readonly clock: () => number,
  ) {}

  async make(
    profile: string,
    clientId: string,
    asked: Omit<RequestedAuthentication, 'id'>,
    { lifetime, interval }: Waiting,
  ): Promise<MadeRequest> {
    const { value, hash } = mintOneTimeToken('auth_req_id');
    const id = randomBytes(24).toString('base64url');
    const requested: RequestedAuthentication = { id, ...asked };
    const createdAt = this.clock();
    const common = { profile, clientId, hash, createdAt, expiresAt: createdAt + lifetime };
    const polled = {
      ...{ ...common, kind: BACKCHANNEL_AUTHENTICATION, userCode: requestIdHash(id), subject: asked.subject, boundTo: null },
      ...{ data: JSON.stringify(requested), interval },
    };
    const outcome = await this.commits.commit({ at: createdAt, effects: [], requires: [], claim: null, polled });
    if (outcome !== 'committed') throw serverError(`the authentication request was ${outcome}`);
    return { ...common, asked: requested, value, interval };
  }

  /** The one of this id that still waits for a decision; null for none. */
  async find(profile: string, id: string): Promise<PendingRequest | null> {
    const found = await this.polled.findByUserCode(profile, requestIdHash(id));
    return found?.kind === BACKCHANNEL_AUTHENTICATION ? pendingRequest(found) : null;
  }

  /** Those that wait for a person, oldest first. */
  async of(profile: string, subject: string): Promise<readonly PendingRequest[]> {
    const found = await this.polled.pendingOf(profile, subject);
    return found.filter(({ kind }) => kind === BACKCHANNEL_AUTHENTICATION).map(pendingRequest);
  }

  /**
   * Of all decisions on a request the first counts; false for the others, and where it is over.
   *
   * @param scopes those of the request that are granted
   */
  async approve(request: PendingRequest, scopes: readonly string[], authentication: DecidedAuthentication, by: Decider): Promise<boolean> {
    const approved: ApprovedAuthentication = { ...request.asked, scopes, ...authentication };
    const { profile, hash } = request;
    const counts = await this.polled.decide(profile, hash, { approved: true, data: JSON.stringify(approved) });
    if (counts) await this.#note(request, 'approve', by, { scopes });
    return counts;
  }

  /** As `approve`. */
  async deny(request: PendingRequest, by: Decider): Promise<boolean> {
    const counts = await this.polled.decide(request.profile, request.hash, { approved: false });
    if (counts) await this.#note(request, 'deny', by, {});
    return counts;
  }

  /** Nobody is to be asked after all: its client has never heard of it. */
  async withdraw({ profile, hash }: PendingRequest): Promise<void> {
    await this.polled.decide(profile, hash, { approved: false });
  }

  async #note({ profile, clientId, asked }: PendingRequest, action: 'approve' | 'deny', by: Decider, more: object): Promise<void> {
    const after = { clientId, request: asked.id, ...(by.kind === 'client' ? { toldBy: by.id } : {}), ...more };
    await this.audit.append([
      {
        at: this.clock(),
        actor: by.kind === 'person' ? 'person' : 'system',
        action: `backchannel-authentication.${action}`,
        kind: 'account',
        key: entityKey(profile, asked.subject),
        before: null,
        after,
      },
    ]);
  }
}

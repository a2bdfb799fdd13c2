import {
  LONGEST_POLL_INTERVAL,
  POLL_TOLERANCE,
  type NewPolledAuthorization,
  type PollDecision,
  type PolledAuthorization,
  type PolledAuthorizationStore,
  type Poller,
  type PollOutcome,
} from '../polled-authorization-store.ts';
import type { MemoryGrantStore } from './memory-grant-store.ts';

interface PolledState {
  authorization: PolledAuthorization;
  nextPollAt: number;
}

export class MemoryPolledAuthorizationStore implements PolledAuthorizationStore {
  readonly #states = new Map<string, PolledState>();

  constructor(
    private readonly grants: MemoryGrantStore,
    private readonly now: () => number,
  ) {}

  poll(profile: string, hash: Uint8Array, { clientId, keys }: Poller): PollOutcome {
    const state = this.#states.get(name(profile, hash));
    if (state?.authorization.clientId !== clientId) return 'unknown';
    const { authorization, nextPollAt } = state;
    if (authorization.boundTo !== null && !keys.includes(authorization.boundTo)) return 'other-key';
    if (authorization.status !== 'pending') return authorization.status;
    if (!this.#isLive(authorization)) return 'expired';
    const isEarly = nextPollAt > this.now();
    const interval = authorization.interval + (isEarly && authorization.interval < LONGEST_POLL_INTERVAL ? 5 : 0);
    state.authorization = { ...authorization, interval };
    state.nextPollAt = this.now() + interval * 1000 - POLL_TOLERANCE;
    return isEarly ? 'slow-down' : 'pending';
  }

  findByUserCode(profile: string, userCode: Uint8Array): PolledAuthorization | null {
    const found = this.#all().find(
      (one) => one.profile === profile && one.userCode !== null && Buffer.compare(one.userCode, userCode) === 0,
    );
    return found !== undefined && this.#waits(found) ? found : null;
  }

  find(profile: string, hash: Uint8Array): PolledAuthorization | null {
    return this.#states.get(name(profile, hash))?.authorization ?? null;
  }

  pendingOf(profile: string, subject: string): readonly PolledAuthorization[] {
    return this.#all()
      .filter((one) => one.profile === profile && one.subject === subject && this.#waits(one))
      .sort((a, b) => a.createdAt - b.createdAt)
      .slice(0, 100);
  }

  decide(profile: string, hash: Uint8Array, decision: PollDecision): boolean {
    const state = this.#states.get(name(profile, hash));
    if (state === undefined || !this.#waits(state.authorization)) return false;
    const { kind, clientId, expiresAt } = state.authorization;
    state.authorization = { ...state.authorization, userCode: null, status: decision.approved ? 'approved' : 'denied' };
    if (decision.approved)
      this.grants.add({ profile, hash: Buffer.from(hash), kind, clientId, delegationId: '', data: decision.data, expiresAt });
    return true;
  }

  deleteExpired(before: number, limit: number): number {
    const ended = [...this.#states].filter(([, { authorization }]) => authorization.expiresAt < before).slice(0, limit);
    for (const [name] of ended) this.#states.delete(name);
    return ended.length;
  }

  /** False where its user code, or its hash, is another's. */
  add(made: NewPolledAuthorization): boolean {
    const { profile, hash, userCode } = made;
    const isSame = (one: PolledAuthorization) =>
      one.profile === profile && userCode !== null && one.userCode !== null && Buffer.compare(one.userCode, userCode) === 0;
    if (this.#states.has(name(profile, hash)) || this.#all().some(isSame)) return false;
    const authorization: PolledAuthorization = { ...made, hash: Buffer.from(hash), status: 'pending' };
    this.#states.set(name(profile, hash), { authorization, nextPollAt: 0 });
    return true;
  }

  #all(): readonly PolledAuthorization[] {
    return [...this.#states.values()].map(({ authorization }) => authorization);
  }

  #waits(one: PolledAuthorization): boolean {
    return one.status === 'pending' && this.#isLive(one);
  }

  #isLive({ expiresAt }: PolledAuthorization): boolean {
    return expiresAt * 1000 > this.now();
  }
}

function name(profile: string, hash: Uint8Array): string {
  return `${profile}\n${Buffer.from(hash).toString('hex')}`;
}

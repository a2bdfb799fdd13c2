import { Seldom } from '../../client/seldom.ts';
import { entityKey } from '../../configuration/entities.ts';
import type { AuditStore } from '../../stores.ts';

type Write = (message: string, fields: Readonly<Record<string, unknown>>) => void;

/** Says what operators must know of sign-ins by other providers that failed. */
export class UpstreamFailures {
  readonly #seldom: Seldom;

  constructor(
    private readonly warn: Write,
    private readonly audit: Pick<AuditStore, 'append'>,
    private readonly clock: () => number,
  ) {
    this.#seldom = new Seldom(clock);
  }

  /** @param reason for operators, without anything that people or providers wrote */
  record(profile: string, provider: string, reason: string, address: string | null): void {
    if (!this.#seldom.isNews(`${profile}\n${provider}\n${reason}\n${address ?? ''}`)) return;
    this.warn('a sign-in by an upstream provider failed', { profile, provider, reason, address });
  }

  /** A provider that is not there is for administrators to see, beside the log. */
  recordUnavailable(profile: string, provider: string, reason: string): void {
    if (!this.#seldom.isNews(`${profile}\n${provider}`)) return;
    this.warn('an upstream provider does not answer', { profile, provider, reason });
    const event = { at: this.clock(), actor: 'system', action: 'upstream.unavailable', kind: 'profile', key: entityKey(profile) };
    void (async () => this.audit.append([{ ...event, before: null, after: { provider, reason } }]))().catch((error: unknown) => {
      this.warn('an audit event was not stored', { error: error instanceof Error ? error.message : String(error) });
    });
  }
}

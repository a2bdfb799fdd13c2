import { Allowance } from './allowance.ts';
import { Seldom } from './seldom.ts';
import type { ExecutionLog } from '../procedures/execution-record.ts';
import type { AuditStore } from '../stores.ts';

/** Of all: strangers cause these events, and under as many names as they like. */
const MOST_PER_MINUTE = 60;

/** Tells administrators who is slowed down, in the log and the audit trail: of each name once a minute, and never too many at all. */
export class SlowedEvents {
  readonly #seldom: Seldom;
  readonly #allowance = new Allowance(1);

  constructor(
    private readonly audit: Pick<AuditStore, 'append'>,
    private readonly log: ExecutionLog,
    private readonly clock: () => number,
  ) {
    this.#seldom = new Seldom(clock);
  }

  /** @param action such as `client.authentication-slowed`; @param key of the entity of this kind */
  note(action: string, kind: string, key: string, address: string | null): void {
    if (!this.#seldom.isNews(`${action}\n${key}\n${address ?? ''}`) || this.#allowance.use('', MOST_PER_MINUTE) > 0) return;
    this.log.write('warn', 'somebody is slowed', { action, kind, key, address });
    const event = { at: this.clock(), actor: 'system', action, kind, key, before: null, after: { address } };
    void (async () => this.audit.append([event]))().catch((error: unknown) => {
      this.log.write('error', 'an audit event was not stored', { error: error instanceof Error ? error.message : String(error) });
    });
  }
}

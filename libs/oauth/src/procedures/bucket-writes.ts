import { OAuthError } from '../errors.ts';
import { CeilingError } from '../issuance/claims.ts';
import type { TokenCommit } from '../token/token-commit.ts';
import { bucketEffects, isBucketEffect } from './bucket-effects.ts';
import type { Execution, ProcedureExecutor } from './procedure-executor.ts';
import type { GuestEffect } from './sandbox.ts';

/** Writes what runs have put into buckets where a flow commits nothing else. */
export class BucketWrites {
  constructor(
    private readonly procedures: ProcedureExecutor,
    private readonly commits: TokenCommit,
    private readonly clock: () => number,
  ) {}

  /** Done when it is stored. @throws OAuthError `server_error` when a bucket cannot hold it */
  async write(execution: Execution, recorded: readonly GuestEffect[]): Promise<void> {
    if (execution.services === undefined || !recorded.some(isBucketEffect)) return;
    let effects;
    try {
      effects = bucketEffects(recorded, execution.services);
    } catch (error) {
      if (error instanceof CeilingError) throw this.procedures.fault(execution, error.message);
      throw error;
    }
    await this.commits.commit({ at: this.clock(), effects, requires: [], claim: null });
  }

  /** The same for a run that only observes: what a bucket cannot hold is the operator's to see, and nobody's failure. */
  async tryWrite(execution: Execution, recorded: readonly GuestEffect[]): Promise<void> {
    try {
      await this.write(execution, recorded);
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
    }
  }
}

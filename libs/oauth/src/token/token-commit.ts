import type { Commit, CommitOutcome, TokenStore } from '../stores.ts';
import { TurnBatch } from '../turn-batch.ts';

/** Commits what runs did, those of one turn of the event loop in one durable write. Nothing is answered before it. */
export class TokenCommit {
  readonly #commits: TurnBatch<Commit, CommitOutcome>;

  constructor(store: TokenStore) {
    this.#commits = new TurnBatch((commits) => store.commit(commits), 'lost-claim');
  }

  commit(commit: Commit): Promise<CommitOutcome> {
    return this.#commits.ask(commit);
  }
}

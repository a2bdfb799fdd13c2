import type { Commit, CommitOutcome, TokenStore } from '../stores.ts';

/** Commits what runs did, those of one turn of the event loop in one durable write. Nothing is answered before it. */
export class TokenCommit {
  #commits: Commit[] = [];
  #waiting: { readonly resolve: (outcome: CommitOutcome) => void; readonly reject: (error: unknown) => void }[] = [];

  constructor(private readonly store: TokenStore) {}

  commit(commit: Commit): Promise<CommitOutcome> {
    return new Promise((resolve, reject) => {
      if (this.#commits.length === 0) setImmediate(this.#drain);
      this.#commits.push(commit);
      this.#waiting.push({ resolve, reject });
    });
  }

  readonly #drain = (): void => {
    const commits = this.#commits;
    const waiting = this.#waiting;
    this.#commits = [];
    this.#waiting = [];
    const done = (outcomes: readonly CommitOutcome[]) => {
      waiting.forEach(({ resolve }, i) => resolve(outcomes[i] ?? 'lost-claim'));
    };
    const failed = (error: unknown) => {
      for (const { reject } of waiting) reject(error);
    };
    try {
      const outcomes = this.store.commit(commits);
      if (outcomes instanceof Promise) outcomes.then(done, failed);
      else done(outcomes);
    } catch (error) {
      failed(error);
    }
  };
}

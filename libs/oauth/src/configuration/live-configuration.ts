import type { Decision } from '../proposal-store.ts';
import type { ConfigurationStore, NewAuditEvent } from '../stores.ts';
import { pairwiseProblems } from '../issuance/pairwise-subject.ts';
import { Configuration, type Change } from './configuration.ts';
import { ConfigurationError, validate } from './validation.ts';

/** What a piece of work wants changed, and what it answers when that is stored. */
export interface Work<T> {
  readonly changes: readonly Change[];
  readonly audit: readonly NewAuditEvent[];
  readonly result: T;
  /** The proposal that the changes are of: approved with them, or nothing is stored. */
  readonly decision?: Decision;
}

/** The proposal was decided meanwhile, or is over. Nothing was stored. */
export class ProposalDecidedError extends Error {
  constructor() {
    super('The proposal is decided already, or over.');
    this.name = 'ProposalDecidedError';
  }
}

/**
 * The configuration in force on this node: read from the store, kept up with it, and changed through it.
 * The present one is replaced whole; whoever holds an older one keeps a consistent view.
 */
export class LiveConfiguration {
  #current = Configuration.empty;
  readonly #listeners = new Set<(now: Configuration, before: Configuration) => void | Promise<void>>();
  #refreshing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  private constructor(private readonly store: ConfigurationStore) {}

  static async open(store: ConfigurationStore): Promise<LiveConfiguration> {
    const live = new LiveConfiguration(store);
    const { revision, entities } = await store.load();
    live.#current = Configuration.empty.with(entities, revision);
    return live;
  }

  get current(): Configuration {
    return this.#current;
  }

  /** Called with each new configuration before `change` and `refresh` return; a promise is awaited. */
  onChange(listener: (now: Configuration, before: Configuration) => void | Promise<void>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Applies what `work` makes of the present configuration, validated as a whole, in one transaction.
   * When somebody else changed the configuration meanwhile, `work` runs again on the newer one,
   * so it must read what it depends on from its argument and throw when that no longer fits.
   *
   * @throws ConfigurationError when the result would not be valid, ProposalDecidedError when somebody else has decided the proposal; nothing is stored.
   */
  async change<T>(
    work: (configuration: Configuration) => Work<T> | Promise<Work<T>>,
  ): Promise<{ readonly result: T; readonly revision: number }> {
    for (;;) {
      const base = this.#current;
      const { changes, audit, result, decision } = await work(base);
      if (changes.length === 0) return { result, revision: base.revision };
      const problems = [...validate(base.with(changes), changes), ...pairwiseProblems(base, changes)];
      if (problems.length > 0) throw new ConfigurationError(problems);
      const applied = await this.store.apply(base.revision, changes, audit, decision);
      await this.refresh();
      if (applied.outcome === 'decided') throw new ProposalDecidedError();
      if (applied.outcome === 'applied') return { result, revision: applied.revision };
    }
  }

  /** Takes over what has changed in the store, if anything has. Calls follow one another. */
  refresh(): Promise<void> {
    const next = this.#refreshing.then(() => this.#catchUp());
    this.#refreshing = next.catch(() => undefined);
    return next;
  }

  /** Looks for changes by other processes every so often; failures are reported and the next look tries again. */
  poll(milliseconds: number, onError: (error: unknown) => void): void {
    const look = () => {
      this.refresh()
        .catch(onError)
        .finally(() => {
          if (this.#timer !== undefined) this.#timer = setTimeout(look, milliseconds).unref();
        });
    };
    this.#timer = setTimeout(look, milliseconds).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #catchUp(): Promise<void> {
    const before = this.#current;
    if ((await this.store.revision()) === before.revision) return;
    const { revision, changes } = await this.store.changesSince(before.revision);
    const now = before.with(changes, revision);
    for (const listener of this.#listeners) await listener(now, before);
    this.#current = now;
  }
}

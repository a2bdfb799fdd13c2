import { ServiceError } from './service-error.ts';

/** Tells the operator what hinders the check of tokens: each problem once, however many requests it hits. */
export class Problems {
  readonly #told = new WeakSet<ServiceError>();

  constructor(private readonly tell: (problem: Error) => void) {}

  /** The same promise; when the service is why it fails, it is told. */
  async told<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      // One that is remembered while nobody asks has the first as its cause.
      if (error instanceof ServiceError && !(error.cause instanceof ServiceError) && !this.#told.has(error)) {
        this.#told.add(error);
        this.tell(error);
      }
      throw error;
    }
  }
}

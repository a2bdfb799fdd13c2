import type { MaybePromise } from './stores.ts';

interface Waiting<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** Asks once for all who ask in one turn of the event loop. When that fails, it has failed for each of them. */
export class TurnBatch<Question, Answer> {
  #questions: Question[] = [];
  #waiting: Waiting<Answer>[] = [];

  /**
   * @param askAll answers questions in their order
   * @param missing the answer of one that was left out
   */
  constructor(
    private readonly askAll: (questions: readonly Question[]) => MaybePromise<readonly Answer[]>,
    private readonly missing: Answer,
  ) {}

  /** Whether nobody has asked in this turn. */
  get isEmpty(): boolean {
    return this.#questions.length === 0;
  }

  ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.isEmpty) setImmediate(this.#drain);
      this.#questions.push(question);
      this.#waiting.push({ resolve, reject });
    });
  }

  readonly #drain = (): void => {
    const questions = this.#questions;
    const waiting = this.#waiting;
    this.#questions = [];
    this.#waiting = [];
    const answer = (answers: readonly Answer[]) => {
      for (let i = 0; i < waiting.length; i++) waiting[i]?.resolve(answers[i] ?? this.missing);
    };
    const fail = (error: unknown) => {
      for (const { reject } of waiting) reject(error);
    };
    try {
      const answers = this.askAll(questions);
      if (answers instanceof Promise) answers.then(answer, fail);
      else answer(answers);
    } catch (error) {
      fail(error);
    }
  };
}

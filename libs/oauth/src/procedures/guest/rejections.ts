import type { Print } from './printer.ts';
import type { RunStates } from './run-state.ts';

/**
 * Sent into the realm as text (`Function.prototype.toString`): the function may name nothing of this module but types.
 *
 * Refusals on purpose: `exceptionFactory` makes errors that a procedure throws to answer the caller with an error of its
 * choice. They are known by a private field, so that no other object can pass for one.
 */
export function rejections(runs: RunStates, print: Print) {
  const { defineProperty, freeze } = Object;
  const { stringify } = JSON;
  const LONGEST = 500;
  /** RFC 6749 section 5.2, `error`. */
  const CODE = /^[\x20\x21\x23-\x5b\x5d-\x7e]{1,100}$/;

  class ProcedureRejection extends Error {
    readonly #payload: string;

    constructor(status: number, code: string | null, description: string | null) {
      super(description ?? code ?? `refused with status ${status}`);
      this.#payload = stringify({ status, code, description });
    }

    static payloadOf(thrown: unknown): string | null {
      return typeof thrown === 'object' && thrown !== null && #payload in thrown ? thrown.#payload : null;
    }
  }
  const { payloadOf } = ProcedureRejection;
  delete (ProcedureRejection.prototype as { constructor?: unknown }).constructor;
  defineProperty(ProcedureRejection.prototype, 'name', { value: 'ProcedureRejection' });
  freeze(ProcedureRejection.prototype);

  const isText = (value: unknown): boolean => typeof value === 'string' || value instanceof String;

  /**
   * One argument is the description; of two, the first is the OAuth error code, sent exactly as given. A code may come with a
   * null for its description. An error or another object in second place is a cause: never shown, and the first the description.
   */
  const refusal =
    (status: number, fallback: string | null) =>
    (first?: unknown, second?: unknown): Error => {
      const isCode = isText(second) || (second === null && typeof first === 'string' && /^\S+$/.test(first));
      const [code, description] = isCode ? [isText(first) ? String(first) : first, second] : [fallback, first];
      if (code !== null && code !== undefined && !(typeof code === 'string' && CODE.test(code))) {
        throw new TypeError(`exceptionFactory: ${print(code)} is not an OAuth error code`);
      }
      const text = description === null || description === undefined ? null : print(description).slice(0, LONGEST);
      return new ProcedureRejection(runs.state().status ?? status, code ?? null, text);
    };

  const exceptionFactory = {
    badRequestException: refusal(400, null),
    unauthorizedException: refusal(401, null),
    forbiddenException: refusal(403, 'access_denied'),
    notFoundException: refusal(404, null),
    internalServerException: refusal(500, null),
  };

  return { exceptionFactory, rejection: payloadOf };
}

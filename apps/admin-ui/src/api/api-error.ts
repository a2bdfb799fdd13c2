/** One thing that is wrong with what was sent, as a problem answer tells it. */
export interface Fault {
  /** JSON pointer into the body, or `/<name>` of a parameter; empty for all of it. RFC 6901. */
  readonly pointer: string;
  readonly message: string;
  /** The entity that it is about, when it is another than the one that was sent. */
  readonly kind?: string;
  readonly key?: string;
  readonly line?: number;
  readonly column?: number;
}

/** What the check of a script found. */
export interface Finding {
  readonly code: string;
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
  readonly library?: string;
}

interface ProblemBody {
  readonly type?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: readonly Fault[];
  readonly findings?: readonly Finding[];
}

/** A request that was refused or did not arrive. `message` is a sentence that may be shown. RFC 9457. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  private constructor(
    message: string,
    /** The HTTP status; 0 when there was no answer. */
    readonly status: number,
    /** The last part of the problem's type, such as `owned-by-file`; `unreachable` when there was no answer, `not-sent` when nothing was asked. */
    readonly problem: string,
    readonly title: string,
    readonly errors: readonly Fault[],
    readonly findings: readonly Finding[],
    readonly body: Readonly<Record<string, unknown>>,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  static async of(response: Response): Promise<ApiError> {
    const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') === true;
    const body = (isProblem ? await response.json() : {}) as ProblemBody & Record<string, unknown>;
    const { type = '', title = `The service answered ${response.status}`, detail = '', errors = [], findings = [] } = body;
    return new ApiError(detail === '' ? title : detail, response.status, type.split(':').at(-1) ?? '', title, errors, findings, body);
  }

  /** What the page sees itself to be wrong with what was entered. */
  static notSent(message: string, errors: readonly Fault[]): ApiError {
    return new ApiError(message, 0, 'not-sent', 'Nothing was sent', errors, [], {});
  }

  static unreachable(cause: unknown): ApiError {
    const message = 'The service does not answer. Check that it runs and that you are connected.';
    return new ApiError(message, 0, 'unreachable', 'No answer', [], [], {}, { cause });
  }
}

/** Whether an error is a problem of the API of one of these names. */
export function isProblem(error: unknown, ...names: readonly string[]): error is ApiError {
  return error instanceof ApiError && names.includes(error.problem);
}

/**
 * The service could not be asked, or its answer cannot be used: whether the token is good is unknown, so nobody gets in.
 * The message is for operators; clients are told to try again.
 */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  /** Seconds after which another try makes sense. */
  readonly retryAfter: number;
  /** Whether the next token would fare the same. What one token causes must not shut out the others. */
  readonly isOutage: boolean;

  constructor(message: string, options: { readonly cause?: unknown; readonly retryAfter?: number; readonly isOutage?: boolean } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.retryAfter = Math.max(1, Math.ceil(options.retryAfter ?? 1));
    this.isOutage = options.isOutage ?? true;
  }
}

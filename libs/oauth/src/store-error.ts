/** What is wrong, for those who answer or act on it; the message says the same to a person. */
export type StoreErrorCode =
  /** The file, directory, address or database given cannot be used as it is. */
  | 'unusable'
  /** The database refuses us: password, permission. */
  | 'refused'
  /** The database does not answer now, or is too busy; trying again may help. */
  | 'unavailable'
  /** A newer version of the program has used this database. */
  | 'newer-schema'
  /** Migrations are missing, and this process was told not to run them. */
  | 'outdated-schema'
  /** A page cursor that the store never gave. */
  | 'bad-cursor'
  /** A change would leave a reference to something that is not there. */
  | 'dangling'
  /** A change would alter a stored procedure version. */
  | 'immutable'
  /** Anything else that the database reports. */
  | 'failed';

/**
 * A store could not do what was asked, and stored nothing of it.
 * The message is one line that says what is wrong and what to do; it names no password and no stored value.
 */
export class StoreError extends Error {
  constructor(
    readonly code: StoreErrorCode,
    message: string,
    options: { readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'StoreError';
  }
}

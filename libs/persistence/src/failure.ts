/** What the drivers tell of a failure. */
export interface Failure {
  readonly message: string;
  /** SQLite's name, PostgreSQL's five characters, or the system's name of the error. */
  readonly code: string | undefined;
  readonly table: string | undefined;
  readonly constraint: string | undefined;
}

/** Reads whatever was thrown. Node wraps the failures of several addresses of one name into one error: the first speaks for all. */
export function describeFailure(error: unknown): Failure {
  const { message, code, table, constraint, errors } = (error ?? {}) as Readonly<Record<string, unknown>>;
  if (code === undefined && Array.isArray(errors) && errors.length > 0) return describeFailure(errors[0]);
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
  return { message: text(message) ?? text(code) ?? 'no reason given', code: text(code), table: text(table), constraint: text(constraint) };
}

/** Something wrong in a configuration file or a procedure file that it names. */
export interface FileProblem {
  /** Place in the configuration file. RFC 6901. */
  readonly pointer: string;
  /** The file that line and column refer to: the configuration file, or the file of a procedure. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly message: string;
}

/** A configuration file was refused, for every reason there is; nothing was applied. */
export class ConfigurationFileError extends Error {
  readonly problems: readonly FileProblem[];

  constructor(problems: readonly FileProblem[]) {
    const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
    super(sorted.map(describeProblem).join('\n'));
    this.name = 'ConfigurationFileError';
    this.problems = sorted;
  }
}

/** One line: `tokenwright.yaml:12:7: /profiles/x/issuer: is missing`. */
export function describeProblem({ file, line, column, pointer, message }: FileProblem): string {
  return `${file}:${line}:${column}: ${pointer === '' ? '' : `${pointer}: `}${message}`;
}

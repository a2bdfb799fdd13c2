import { sourceExcerpt, type Fault } from '#libs/oauth';

/** The texts of a procedure and of the libraries it uses, as they were written. */
export interface Texts {
  readonly source: string;
  /** By name. */
  readonly libraries: ReadonlyMap<string, string>;
}

/** The line in which a procedure failed, with a mark below the column; nothing where it is not known. */
export function excerptOf({ line, column, library }: Fault, { source, libraries }: Texts): readonly string[] {
  const text = library === undefined ? source : libraries.get(library);
  return line === undefined || text === undefined ? [] : sourceExcerpt(text, line, column);
}

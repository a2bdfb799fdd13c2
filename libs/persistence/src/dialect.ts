/** Where the two databases need different words for the same thing. */
export interface Dialect {
  readonly name: 'sqlite' | 'postgres';
  /** Milliseconds since 1970 on the database's clock. */
  readonly now: string;
  /** The pairs of strings in a parameter that holds a JSON array of them, as a table of two columns. */
  pairs(parameter: string): string;
  /** Bytes of a text that writes them in hexadecimal. */
  bytes(text: string): string;
  /** Keep the rows read as they are until the transaction ends, from everybody or for oneself; on SQLite the transaction alone does. */
  readonly lock: { readonly shared: string; readonly exclusive: string };
  /** Leaves rows out that another transaction holds. */
  readonly skipLocked: string;
}

export const sqlite: Dialect = {
  name: 'sqlite',
  now: `cast(unixepoch('subsec') * 1000 as integer)`,
  pairs: (parameter) => `select json_extract(value, '$[0]'), json_extract(value, '$[1]') from json_each(${parameter})`,
  bytes: (text) => `unhex(${text})`,
  lock: { shared: '', exclusive: '' },
  skipLocked: '',
};

export const postgres: Dialect = {
  name: 'postgres',
  now: `(extract(epoch from clock_timestamp()) * 1000)::bigint`,
  pairs: (parameter) => `select pair->>0, pair->>1 from json_array_elements(${parameter}::json) as pair`,
  bytes: (text) => `decode(${text}, 'hex')`,
  lock: { shared: 'for share', exclusive: 'for no key update' },
  skipLocked: 'for update skip locked',
};

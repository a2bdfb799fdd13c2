import { StoreError } from '#libs/oauth';
import { describeFailure } from './failure.ts';

/** Says in one line what SQLite's error means for the file and what to do; other errors are passed on as they are. */
export function explainSqlite(error: unknown, file: string): unknown {
  if (error instanceof StoreError) return error;
  const { code, message } = describeFailure(error);
  if (!code?.startsWith('SQLITE_')) return error;
  const explain = EXPLANATIONS.find(([prefix]) => code.startsWith(prefix));
  if (explain === undefined) return new StoreError('failed', `SQLite could not work on ${file}: ${message} (${code}).`, { cause: error });
  return new StoreError(explain[1], explain[2](file), { cause: error });
}

type Explanation = readonly [prefix: string, code: StoreError['code'], message: (file: string) => string];

const EXPLANATIONS: readonly Explanation[] = [
  ['SQLITE_NOTADB', 'unusable', (file) => `${file} is not an SQLite database: name another file, or move this one away to start anew.`],
  ['SQLITE_CORRUPT', 'unusable', (file) => `The database ${file} is damaged: restore a backup.`],
  [
    'SQLITE_CANTOPEN',
    'unusable',
    (file) => `The database ${file} cannot be opened: this user must be able to read and write the file and its directory.`,
  ],
  ['SQLITE_PERM', 'unusable', (file) => `The database ${file} cannot be opened: this user may not access it.`],
  [
    'SQLITE_READONLY',
    'unusable',
    (file) => `The database ${file} cannot be written: this user must be able to write the file and its directory.`,
  ],
  ['SQLITE_FULL', 'unavailable', (file) => `The disk that holds ${file} is full: make room.`],
  ['SQLITE_IOERR', 'unavailable', (file) => `The disk that holds ${file} failed to read or write: check the disk and its mount.`],
  ['SQLITE_BUSY', 'unavailable', (file) => `Another process holds the database ${file}: only one Tokenwright may run on it.`],
  ['SQLITE_LOCKED', 'unavailable', (file) => `Another connection holds the database ${file}: only one Tokenwright may run on it.`],
  [
    'SQLITE_CONSTRAINT_FOREIGNKEY',
    'dangling',
    () => 'The change would leave a reference to something that does not exist: nothing was stored.',
  ],
];

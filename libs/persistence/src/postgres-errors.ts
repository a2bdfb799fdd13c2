import { StoreError } from '#libs/oauth';
import { describeFailure, type Failure } from './failure.ts';

/** Deadlocks and failures to serialise: the same transaction may well succeed when run again. */
export function isWorthRepeating(error: unknown): boolean {
  const { code } = describeFailure(error);
  return code === '40P01' || code === '40001';
}

/** Says in one line what went wrong with the database at a place and what to do; other errors are passed on as they are. */
export function explainPostgres(error: unknown, place: string): unknown {
  if (error instanceof StoreError) return error;
  const failure = describeFailure(error);
  const { code, message, table, constraint } = failure;
  const refusal = code === undefined ? undefined : REFUSALS[code];
  if (refusal !== undefined) return new StoreError(refusal[0], refusal[1](place), { cause: error });
  if (code === '23503') {
    const which = constraint === undefined ? '' : ` (${constraint} of ${table ?? 'a table'})`;
    return new StoreError('dangling', `The change would leave a reference to something that does not exist${which}: nothing was stored.`, {
      cause: error,
    });
  }
  if (isLoss(failure))
    return new StoreError(
      'unavailable',
      `PostgreSQL at ${place} does not answer (${reason(failure)}): check that it runs and can be reached.`,
      { cause: error },
    );
  if (code === undefined || !/^[0-9A-Z]{5}$/.test(code)) return error;
  return new StoreError('failed', `PostgreSQL at ${place} could not do it: ${message} (${code}).`, { cause: error });
}

type Refusal = readonly [code: StoreError['code'], message: (place: string) => string];

const REFUSALS: Readonly<Record<string, Refusal>> = {
  '28P01': ['refused', (place) => `PostgreSQL at ${place} refuses the password: check the user name and password in the database URL.`],
  '28000': [
    'refused',
    (place) => `PostgreSQL at ${place} refuses this user: check the user name in the database URL and the server's pg_hba.conf.`,
  ],
  '3D000': [
    'unusable',
    (place) => `There is no such database at ${place}: create it with createdb, or name another one in the database URL.`,
  ],
  '3F000': ['unusable', (place) => `The database at ${place} has no schema to make tables in: check its search_path.`],
  '42501': ['refused', (place) => `PostgreSQL at ${place} does not let this user do that: it must own its schema.`],
  '53300': ['unavailable', (place) => `PostgreSQL at ${place} has no connections left: raise max_connections or run fewer nodes.`],
  '53100': ['unavailable', (place) => `The disk of PostgreSQL at ${place} is full: make room.`],
  '25006': ['unavailable', (place) => `PostgreSQL at ${place} is read-only, such as a standby: name the primary in the database URL.`],
  '22021': ['failed', (place) => `PostgreSQL at ${place} cannot store a text with a null character: nothing was stored.`],
};

const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'ENOENT',
  'EACCES',
]);

function isLoss({ code, message }: Failure): boolean {
  if (code !== undefined) return NETWORK.has(code) || code.startsWith('08') || code.startsWith('57P') || code === '57014';
  return /timeout|connection terminated|connection error|not queryable|ended|closed/i.test(message);
}

function reason({ code, message }: Failure): string {
  return code !== undefined && NETWORK.has(code) ? code : message;
}

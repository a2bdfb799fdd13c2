import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { describeFailure } from '../failure.ts';

const SERVER = process.env['DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test';

/** A database of a spec's own, dropped in the end. */
export interface TestDatabase {
  readonly url: string;
  /** Runs one statement in it. */
  query(text: string): Promise<readonly Record<string, unknown>[]>;
  drop(): Promise<void>;
}

/** Whether a PostgreSQL server answers where the specs look for one; says so where it does not. */
export async function postgresAnswers(): Promise<boolean> {
  try {
    await onServer(SERVER, 'select 1');
    return true;
  } catch (error) {
    const place = new URL(SERVER).host;
    process.stderr.write(`PostgreSQL suites are left out: ${place} does not answer (${describeFailure(error).message}).\n`);
    return false;
  }
}

export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `tokenwright_${randomBytes(6).toString('hex')}`;
  await onServer(SERVER, `create database ${name}`);
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    query: (text) => onServer(url.href, text),
    drop: async () => {
      await onServer(SERVER, `drop database if exists ${name} with (force)`);
    },
  };
}

async function onServer(connectionString: string, text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2000 });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

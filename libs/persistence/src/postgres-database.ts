import type { Pool, PoolClient, QueryArrayResult } from 'pg';
import type { DataSource } from 'typeorm';
import type { ColumnType, Database, Insertion, Query, Row, Script, Value } from './database.ts';
import { postgres } from './dialect.ts';
import { explainPostgres, isWorthRepeating } from './postgres-errors.ts';

const ATTEMPTS = 5;

/** PostgreSQL over the pool of TypeORM's driver: a transaction has a client of its own, and texts are prepared once per connection. */
export class PostgresDatabase implements Database {
  readonly dialect = postgres;
  readonly #pool: Pool;
  readonly #names = new Map<string, string>();
  readonly #insertions = new WeakMap<Insertion['into'], string>();

  constructor(
    private readonly dataSource: DataSource,
    /** Where the database is, without the password. */
    private readonly place: string,
  ) {
    this.#pool = (dataSource.driver as unknown as { master: Pool }).master;
  }

  async query(query: Query): Promise<readonly Row[]> {
    return this.#attempt(() => this.#execute(this.#pool, query));
  }

  /** Rows as arrays, for the paths that are taken most. */
  async queryArrays(query: Query): Promise<readonly (readonly Value[])[]> {
    return this.#attempt(async () => {
      const config = { name: this.#name(query.text), text: query.text, values: [...query.values], rowMode: 'array' as const };
      const result: QueryArrayResult<Value[]> = await this.#pool.query<Value[]>(config);
      return result.rows;
    });
  }

  read<T>(script: () => Script<T>): Promise<T> {
    return this.#transact('begin isolation level repeatable read read only', script);
  }

  /** PostgreSQL commits are on the disk when they return, unless its `synchronous_commit` says otherwise. */
  write<T>(script: () => Script<T>): Promise<T> {
    return this.#transact('begin', script);
  }

  async close(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  #transact<T>(begin: string, script: () => Script<T>): Promise<T> {
    return this.#attempt(async () => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await this.#transactOnce(begin, script());
        } catch (error) {
          if (attempt === ATTEMPTS || !isWorthRepeating(error)) throw error;
        }
      }
    });
  }

  async #transactOnce<T>(begin: string, script: Script<T>): Promise<T> {
    const client = await this.#pool.connect();
    try {
      await client.query(begin);
      let step = script.next([]);
      while (!step.done)
        step = script.next('into' in step.value ? await this.#insert(client, step.value) : await this.#execute(client, step.value));
      await client.query('commit');
      client.release();
      return step.value;
    } catch (error) {
      // A client that cannot even roll back has lost its connection: the pool must not hand it out again.
      await client.query('rollback').then(
        () => {
          client.release();
        },
        (broken: unknown) => {
          client.release(broken instanceof Error ? broken : true);
        },
      );
      throw error;
    }
  }

  async #execute(on: Pool | PoolClient, { text, values }: Query): Promise<readonly Row[]> {
    const result = await on.query<Row>({ name: this.#name(text), text, values: [...values] });
    return result.rows;
  }

  async #insert(client: PoolClient, { into, rows }: Insertion): Promise<readonly Row[]> {
    if (rows.length === 0) return [];
    let text = this.#insertions.get(into);
    if (text === undefined) {
      const names = into.columns.map((column) => column.name).join(', ');
      const arrays = into.columns.map((column, index) => `$${String(index + 1)}::${ARRAYS[column.type]}`).join(', ');
      const returning = into.counted === undefined ? '' : `returning ${[...into.counted.by, into.counted.counter].join(', ')}`;
      text = `insert into ${into.table} (${names}) select * from unnest(${arrays}) ${into.conflict ?? ''} ${returning}`;
      this.#insertions.set(into, text);
    }
    const values = into.columns.map((_, index) => rows.map((row) => row[index]));
    return (await client.query<Row>({ name: this.#name(text), text, values })).rows;
  }

  #name(text: string): string {
    let name = this.#names.get(text);
    if (name === undefined) {
      name = `tokenwright_${String(this.#names.size)}`;
      this.#names.set(text, name);
    }
    return name;
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw explainPostgres(error, this.place);
    }
  }
}

const ARRAYS: Readonly<Record<ColumnType, string>> = {
  text: 'text[]',
  json: 'text[]',
  integer: 'integer[]',
  bigint: 'bigint[]',
  boolean: 'boolean[]',
  bytes: 'bytea[]',
};

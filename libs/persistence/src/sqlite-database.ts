import type BetterSqlite3 from 'better-sqlite3';
import type { DataSource } from 'typeorm';
import type { Database, Durability, Insertion, Query, Row, Script } from './database.ts';
import { sqlite } from './dialect.ts';
import { explainSqlite } from './sqlite-errors.ts';

type Statement = BetterSqlite3.Statement<unknown[], Row>;

/**
 * SQLite over the handle of TypeORM's driver. Every call ends before it returns, so that no two transactions
 * of this process overlap on the one connection they share.
 */
export class SqliteDatabase implements Database {
  readonly dialect = sqlite;
  readonly handle: BetterSqlite3.Database;
  readonly #file: string;
  readonly #statements = new Map<string, (values: readonly unknown[]) => readonly Row[]>();
  readonly #insertions = new WeakMap<Insertion['into'], Statement>();
  readonly #transaction: BetterSqlite3.Transaction<(script: () => Script<unknown>) => unknown>;

  constructor(
    private readonly dataSource: DataSource,
    file: string,
  ) {
    this.handle = (dataSource.driver as unknown as { databaseConnection: BetterSqlite3.Database }).databaseConnection;
    this.#file = file;
    this.#transaction = this.handle.transaction((script: () => Script<unknown>) => this.#run(script()));
  }

  query(query: Query): readonly Row[] {
    return this.attempt(() => this.#execute(query));
  }

  read<T>(script: () => Script<T>): T {
    return this.attempt(() => this.#transaction.deferred(script) as T);
  }

  write<T>(script: () => Script<T>, durability: Durability): T {
    if (durability === 'fast') return this.attempt(() => this.#transaction.immediate(script) as T);
    return this.attempt(() => {
      this.handle.exec('pragma synchronous = full');
      try {
        return this.#transaction.immediate(script) as T;
      } finally {
        this.handle.exec('pragma synchronous = normal');
      }
    });
  }

  /** Runs work on the handle and names what goes wrong. */
  attempt<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw explainSqlite(error, this.#file);
    }
  }

  async close(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  #run<T>(script: Script<T>): T {
    let step = script.next([]);
    while (!step.done) step = script.next('into' in step.value ? this.#insert(step.value) : this.#execute(step.value));
    return step.value;
  }

  #execute({ text, values }: Query): readonly Row[] {
    let execute = this.#statements.get(text);
    if (execute === undefined) {
      execute = this.#prepare(text);
      this.#statements.set(text, execute);
    }
    return execute(values);
  }

  /** Turns `$1`, `$2` into `?` and remembers which value belongs to which. */
  #prepare(text: string): (values: readonly unknown[]) => readonly Row[] {
    const order: number[] = [];
    const statement = this.handle.prepare<unknown[], Row>(
      text.replace(/\$(\d+)/g, (_, number: string) => {
        order.push(Number(number) - 1);
        return '?';
      }),
    );
    const arrange = (values: readonly unknown[]) => order.map((index) => values[index]);
    if (statement.reader) return (values) => statement.all(arrange(values));
    return (values) => {
      statement.run(arrange(values));
      return [];
    };
  }

  #insert({ into, rows }: Insertion): readonly Row[] {
    let statement = this.#insertions.get(into);
    if (statement === undefined) {
      const names = into.columns.map((column) => column.name).join(', ');
      const marks = into.columns.map(() => '?').join(', ');
      statement = this.handle.prepare<unknown[], Row>(`insert into ${into.table} (${names}) values (${marks}) ${into.conflict ?? ''}`);
      this.#insertions.set(into, statement);
    }
    const { columns, counted } = into;
    if (counted === undefined) {
      for (const row of rows) statement.run(row);
      return [];
    }
    const places = counted.by.map((name) => columns.findIndex((column) => column.name === name));
    return rows.map((row) => {
      const { lastInsertRowid } = statement.run(row);
      const named = counted.by.map((name, index) => [name, row[places[index] ?? -1] ?? null] as const);
      return { ...Object.fromEntries(named), [counted.counter]: Number(lastInsertRowid) };
    });
  }
}

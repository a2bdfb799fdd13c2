import type { CheckOutcome, Invocation, Outcome, Program, Sandbox, SandboxStatus } from '#libs/oauth';
import { describeLaunch } from './launch.ts';
import { completeLimits } from './limits.ts';
import type { SandboxOptions } from './options.ts';
import { Pool } from './pool.ts';
import { ProcessStarter } from './process-starter.ts';
import { raiseWalls } from './raise-walls.ts';
import type { Walls } from './walls.ts';

/** The `Sandbox` of production: procedures run in processes of their own, see the README of this library. */
class ProcessSandbox implements Sandbox {
  readonly #pool: Pool;
  readonly #walls: Walls;

  constructor(pool: Pool, walls: Walls) {
    this.#pool = pool;
    this.#walls = walls;
  }

  check(program: Program): Promise<CheckOutcome> {
    return this.#pool.check(program);
  }

  load(program: Program, options?: { readonly apart?: boolean }): void {
    this.#pool.load(program, options?.apart === true);
  }

  unload(key: string): void {
    this.#pool.unload(key);
  }

  run(invocation: Invocation): Promise<Outcome> {
    return this.#pool.run(invocation);
  }

  status(): SandboxStatus {
    const { level, parts, missing } = this.#walls;
    return { ...this.#pool.status(), isolation: { level, parts, missing } };
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

/**
 * Starts the processes and resolves when procedures can run.
 * Rejects with `SandboxError` when limits are out of range, the prelude does not run, no process starts, or less isolation than required is to be had.
 */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  const limits = completeLimits(options.limits);
  const log = options.log ?? (() => undefined);
  const launch = describeLaunch();
  const walls = await raiseWalls(options.isolation ?? 'preferred', launch);
  log(walls.level === 'full' ? 'info' : 'warn', 'sandbox isolation', { level: walls.level, parts: walls.parts, missing: walls.missing });
  const starter = new ProcessStarter(launch, walls, options.prelude, limits);
  const pool = new Pool({
    limits,
    starter,
    log,
    onFault: options.onFault ?? (() => undefined),
    maxInFlight: options.maxInFlight ?? 10_000,
  });
  await pool.open();
  return new ProcessSandbox(pool, walls);
}

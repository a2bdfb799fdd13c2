import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { preludeSource } from '#libs/oauth';
import { openHostServices } from '#libs/host-services';
import { ProcedureCompiler } from '#libs/procedure-check';
import { openSandbox } from '#libs/sandbox';
import { SampleRunner } from '../sample-runner.ts';

/** For specs: a folder of their own, and a runner over the real sandbox and the real compiler. */
export class Workshop {
  readonly folder = mkdtempSync(join(tmpdir(), 'tokenwright-procedures-'));
  readonly runner: SampleRunner;
  readonly #close: () => Promise<void>;

  private constructor(runner: SampleRunner, close: () => Promise<void>) {
    this.runner = runner;
    this.#close = close;
  }

  static async open(): Promise<Workshop> {
    const compiler = new ProcedureCompiler({ checkMilliseconds: 60_000 });
    const sandbox = await openSandbox({ prelude: preludeSource(), isolation: 'off' });
    const services = openHostServices({
      onError: (error) => {
        throw error;
      },
    });
    return new Workshop(new SampleRunner(sandbox, (text) => compiler.compile(text), services), async () => {
      await services.close();
      await sandbox.close();
      await compiler.close();
    });
  }

  /** Writes a file below the folder. @returns its path */
  write(name: string, text: string): string {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  async close(): Promise<void> {
    await this.#close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

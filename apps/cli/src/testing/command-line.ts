import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../program.ts';
import { FakeAdminApi, FakeTerminal } from './fake-admin-api.ts';

/** Lets a service be one of which nothing was asked and at which nobody has to look. */
export function idle(api: FakeAdminApi): FakeAdminApi {
  return api
    .on('GET statistics?step=60', { body: { from: 0, requests: [], runs: [] } })
    .on('GET overview', { body: { expiringSecrets: [], warnings: [] } });
}

/** How a command ended, and what it wrote. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The command line beside an admin API that is made up, with a folder of its own. */
export class CommandLine {
  private constructor(
    readonly api: FakeAdminApi,
    readonly url: string,
    readonly folder: string,
    private readonly token: string,
  ) {}

  /** @param token of the administrator */
  static async open(token = 'twadm_x'): Promise<CommandLine> {
    const api = idle(new FakeAdminApi()).list('profiles', [{ id: 'p' }]);
    return new CommandLine(api, await api.open(), mkdtempSync(join(tmpdir(), 'tokenwright-cli-')), token);
  }

  async run(
    args: readonly string[],
    options: { readonly env?: Record<string, string>; readonly input?: string; readonly isInteractive?: boolean } = {},
  ): Promise<Ended> {
    const env = { TOKENWRIGHT_ADMIN_URL: this.url, TOKENWRIGHT_ADMIN_TOKEN: this.token, TOKENWRIGHT_DATA_DIR: this.folder, ...options.env };
    const terminal = new FakeTerminal(env, options.input, options.isInteractive);
    const code = await run(args, terminal, '1.2.3');
    return { code, out: terminal.written, err: terminal.errors };
  }

  /** Writes a file into the folder; answers its path. */
  file(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }

  /** What the admin API was asked: method, path and JSON body, null without one. */
  sent(): readonly (readonly [method: string, path: string, body: unknown])[] {
    return this.api.requests.map(({ method, path, body }) => [method, path, body === '' ? null : (JSON.parse(body) as unknown)]);
  }

  async close(): Promise<void> {
    await this.api.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './running-service.ts';

/** The launcher, as `npx tokenwright` runs it. It needs a current build. */
export const LAUNCHER = join(process.cwd(), 'apps', 'cli', 'bin', 'tokenwright.js');

/** How a process ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
  readonly milliseconds: number;
}

/** The product as people run it: a process of its own, with what it prints. */
export interface ProductProcess {
  readonly url: string;
  readonly adminUrl: string;
  readonly port: number;
  readonly adminPort: number;
  readonly dataDir: string;
  readonly pid: number;
  /** What it printed by the time it listened. */
  readonly welcome: string;
  readonly startMilliseconds: number;
  /** PEM of its certificate; null without TLS. */
  readonly ca: string | null;
  adminToken(): string;
  output(): { readonly out: string; readonly err: string };
  /** Waits until its log has the text: an answer may arrive before the line that tells of it. @throws with the whole output when it never comes */
  logged(text: string): Promise<void>;
  /** Sends a signal and waits until it has ended; kills it after ten seconds. */
  end(signal?: NodeJS.Signals): Promise<Ended>;
}

export interface ProductOptions {
  readonly dataDir?: string;
  readonly tls?: 'off' | 'self-signed';
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly ports?: readonly [number, number];
}

const PATIENCE = 60_000;

/** A data directory that the test removes. */
export function newDataDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'tokenwright-journey-'));
}

/** Starts the product and waits until it says that it runs. @throws with its output when it ends instead */
export async function startProduct(options: ProductOptions = {}): Promise<ProductProcess> {
  const { dataDir = newDataDirectory(), tls = 'off', args = [], env = {} } = options;
  const [port, adminPort] = options.ports ?? [await freePort(), await freePort()];
  const start = performance.now();
  const child = launch(
    ['start', '--data-dir', dataDir, '--tls', tls, '--port', String(port), '--admin-port', String(adminPort), ...args],
    env,
  );
  const output = gather(child);
  const ended = endOf(child, output, start);
  await Promise.race([
    saying(output, 'out', 'Tokenwright is running'),
    ended.then(({ code, out, err }) => {
      throw new Error(`it did not start: exit code ${String(code)}\n${out}${err}`);
    }),
  ]);
  // The welcome is printed in one piece, but may arrive in several.
  await new Promise((resolve) => setTimeout(resolve, 100));
  const scheme = tls === 'off' ? 'http' : 'https';
  const certificate = join(dataDir, 'tls', 'cert.pem');
  return {
    url: `${scheme}://localhost:${port}`,
    adminUrl: `${scheme}://localhost:${adminPort}`,
    port,
    adminPort,
    dataDir,
    pid: child.pid ?? 0,
    welcome: output.out,
    startMilliseconds: performance.now() - start,
    ca: tls === 'off' ? null : readFileSync(certificate, 'utf8'),
    adminToken: () => readFileSync(join(dataDir, 'admin-token'), 'utf8').trim(),
    output: () => ({ ...output }),
    logged: (text) => saying(output, 'err', text),
    end: (signal = 'SIGTERM') => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      const killer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      return ended.finally(() => clearTimeout(killer));
    },
  };
}

/** Stops a product, if it still runs, and removes its data. */
export async function dispose(product: ProductProcess | undefined): Promise<void> {
  if (product === undefined) return;
  await product.end('SIGTERM');
  if (existsSync(product.dataDir)) rmSync(product.dataDir, { recursive: true, force: true });
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly cwd?: string;
}

/** Runs the launcher to its end. */
export function tokenwright(args: readonly string[], { env = {}, input = '', cwd }: CommandOptions = {}): Promise<Ended> {
  const start = performance.now();
  const child = launch(args, env, cwd);
  child.stdin?.end(input);
  return endOf(child, gather(child), start);
}

/** Flags by which commands find a product. */
export function connection(product: Pick<ProductProcess, 'adminUrl' | 'dataDir'>): readonly string[] {
  return ['--url', product.adminUrl, '--data-dir', product.dataDir];
}

function launch(args: readonly string[], env: Readonly<Record<string, string>>, cwd?: string): ChildProcess {
  // Settings of whoever runs the tests must not leak into the product.
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('TOKENWRIGHT_') && name !== 'NODE_OPTIONS'),
  );
  return spawn(process.execPath, [LAUNCHER, ...args], {
    env: { ...inherited, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  });
}

interface Output {
  out: string;
  err: string;
}

function gather(child: ChildProcess): Output {
  const output: Output = { out: '', err: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output.out += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output.err += text));
  return output;
}

function endOf(child: ChildProcess, output: Output, start: number): Promise<Ended> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, ...output, milliseconds: performance.now() - start }));
  });
}

async function saying(output: Output, stream: keyof Output, text: string): Promise<void> {
  for (const end = Date.now() + PATIENCE; Date.now() < end;) {
    if (output[stream].includes(text)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`it did not say "${text}" within ${PATIENCE} ms:\n${output.out}${output.err}`);
}

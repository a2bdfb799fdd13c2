import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { PATH_OF_SERVERS } from './missing-packages.mjs';

/** A gateway that runs. */
export interface GatewayProcess {
  readonly port: number;
  /** What it has written so far. */
  output(): string;
  stop(): Promise<void>;
}

const PATIENCE = 20_000;

/**
 * Starts a gateway in the foreground and waits until it listens.
 *
 * @throws Error with its output when it ends instead
 */
export async function startGatewayProcess(
  [command, ...args]: readonly [string, ...string[]],
  port: number,
  env: Readonly<Record<string, string>> = {},
): Promise<GatewayProcess> {
  const child = spawn(command, args, {
    env: { ...process.env, PATH: PATH_OF_SERVERS, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  const life = { isOver: false };
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const over = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      output += error.message;
      life.isOver = true;
      resolve();
    });
    child.once('close', () => {
      life.isOver = true;
      resolve();
    });
  });
  // A session of its own: workers must not outlive what started them.
  const kill = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  const stop = async () => {
    if (!life.isOver) child.kill('SIGTERM');
    const killer = setTimeout(kill, 5000);
    await over;
    clearTimeout(killer);
    kill();
  };
  for (const end = Date.now() + PATIENCE; !(await isListening(port));) {
    if (!life.isOver && Date.now() < end) continue;
    await stop();
    throw new Error(`${command} did not start:\n${output}`);
  }
  return { port, output: () => output, stop };
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => setTimeout(() => resolve(false), 30));
  });
}

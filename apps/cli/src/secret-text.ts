import { readText } from './admin-client.ts';
import { UsageError } from './command-error.ts';
import type { Command } from 'commander';
import type { Terminal } from './terminal.ts';

/** Ways to give a secret text. */
export interface SecretFlags {
  readonly value?: string;
  readonly valueEnv?: string;
  readonly valueFile?: string;
}

/** Adds the flags of `SecretFlags`; what is secret need not stand on the command line. */
export function withSecret(command: Command, what: string): Command {
  return command
    .option('--value <text>', `${what}; visible to others on the machine and kept in the history of the shell`)
    .option('--value-env <variable>', `environment variable that holds ${what}`)
    .option('--value-file <file>', `file that holds ${what}, - for standard input`);
}

/**
 * The text from where the flags say, without a line end at its end; undefined when they say nothing.
 *
 * @throws UsageError when they say two ways, or there is nothing
 */
export async function secretFrom(flags: SecretFlags, terminal: Terminal): Promise<string | undefined> {
  const { value, valueEnv, valueFile } = flags;
  const given = [value, valueEnv, valueFile].filter((way) => way !== undefined);
  if (given.length === 0) return undefined;
  if (given.length > 1) throw new UsageError('give only one of --value, --value-env and --value-file');
  const text = value ?? (valueEnv === undefined ? await fromFile(valueFile ?? '-', terminal) : terminal.env[valueEnv]);
  if (text === undefined) throw new UsageError(`there is no environment variable ${valueEnv ?? ''}`);
  if (text === '') throw new UsageError('the value is empty');
  return text;
}

async function fromFile(file: string, terminal: Terminal): Promise<string> {
  const text = file === '-' ? await terminal.read() : readText(file, 'the value');
  return text.replace(/\r?\n$/, '');
}

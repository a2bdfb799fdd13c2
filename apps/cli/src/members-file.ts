import { parse } from 'yaml';
import { readText } from './admin-client.ts';
import { UsageError } from './command-error.ts';
import type { Terminal } from './terminal.ts';

/** Members of what is shown that are not for whoever writes it to say. */
export function writable(view: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { id: _id, profile: _profile, origin: _origin, ...members } = view;
  return members;
}

/** The members of one thing from a file, as `show --json` gives them or written by hand. @throws UsageError when they are no mapping */
export async function membersIn(file: string, terminal: Terminal): Promise<Readonly<Record<string, unknown>>> {
  return writable(await mappingIn(file, terminal));
}

/** A mapping from a file of YAML or JSON, `-` for the standard input. @throws UsageError */
export async function mappingIn(file: string, terminal: Terminal): Promise<Readonly<Record<string, unknown>>> {
  const parsed = parsedOf(file, file === '-' ? await terminal.read() : readText(file, 'the members'));
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new UsageError(`${file} must hold the members as a mapping, such as { "description": "..." }`);
  return parsed as Record<string, unknown>;
}

function parsedOf(file: string, text: string): unknown {
  try {
    return parse(text) as unknown;
  } catch (error) {
    throw new UsageError(`${file} is neither YAML nor JSON: ${(error as Error).message.split('\n')[0] ?? ''}`);
  }
}

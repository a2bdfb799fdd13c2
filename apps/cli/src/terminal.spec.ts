import { describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { json } from './flags.ts';
import { outliveReaders } from './terminal.ts';

test('JSON has what others have written whole, and as escapes what could play tricks on a terminal (RFC 8259 section 7)', () => {
  const value = { name: '\u001b[2J\u009b31m\u202egnp.exe\u2066 é\n' };
  const text = json(value);
  for (const character of ['\u001b', '\u009b', '\u202e', '\u2066']) expect(text).not.toContain(character);
  expect(JSON.parse(text)).toEqual(value);
  expect(json(value, 0)).toBe('{"name":"\\u001b[2J\\u009b31m\\u202egnp.exe\\u2066 é\\n"}\n');
});

describe('a terminal whose reader has gone', () => {
  test('lets the command end quietly with its own exit code', async () => {
    const terminal = pathToFileURL(join(import.meta.dirname, 'terminal.ts')).href;
    const script = `
      import { outliveReaders, processTerminal } from ${JSON.stringify(terminal)};
      outliveReaders();
      await processTerminal.read();
      processTerminal.out('one\\n'.repeat(100_000));
      await new Promise((resolve) => setTimeout(resolve, 50));
      processTerminal.out('two\\n');
      process.exitCode = 2;`;
    const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', script]);
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.stdout.destroy();
    await once(child.stdout, 'close');
    child.stdin.end();
    const [code] = (await once(child, 'exit')) as [number | null];
    expect([code, errors]).toEqual([2, '']);
  });

  test('does not hide other failures to write', () => {
    const stream = new EventEmitter();
    outliveReaders([stream]);
    expect(() => stream.emit('error', Object.assign(new Error('disk full'), { code: 'ENOSPC' }))).toThrow('disk full');
  });
});

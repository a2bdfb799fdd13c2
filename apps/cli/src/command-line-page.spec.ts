import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { createProgram } from './program.ts';
import { FakeTerminal } from './testing/fake-admin-api.ts';

const PAGE = new URL('../../../docs/command-line.md', import.meta.url);

/** Every command as the page has it. */
function rows(command: Command, path = ''): readonly string[] {
  const own = command.parent === null ? 'tokenwright' : `${path} ${command.name()}`;
  if (command.commands.length > 0) return command.commands.flatMap((child) => rows(child, own));
  const args = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? ` <${name}>` : ` [${name}]`;
  });
  return [`| \`${own}${args.join('')}\` | ${command.description()} |`];
}

test('the page of the command line has every command of the program, and no other', () => {
  const onPage = readFileSync(PAGE, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `tokenwright '))
    .map((line) => line.replace(/ +\|/g, ' |').replaceAll('\\|', '|'));
  expect(onPage.toSorted()).toEqual(rows(createProgram(new FakeTerminal(), '1.2.3')).toSorted());
});

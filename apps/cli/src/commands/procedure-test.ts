import { Command, Option } from 'commander';
import type { Terminal } from '../terminal.ts';

/** What `procedure test` may be told. */
export interface TestFlags {
  readonly grep?: string;
  readonly flow?: string;
  readonly timeout: string;
  readonly reporter: 'readable' | 'junit';
  readonly output?: string;
  readonly watch?: boolean;
}

/** `procedure test`: runs tests of procedures on this machine, without a service. Exit code 1 when one fails, 2 when there is none. */
export function testCommand(terminal: Terminal): Command {
  return new Command('test')
    .description('Run the tests of procedures, without a service')
    .argument('[folder]', 'folder with files *.test.js, *.test.ts and *.samples.json, also in the folders below it, or one such file', '.')
    .option('--grep <pattern>', 'only tests whose name matches: a regular expression over the names of suites and test')
    .option('--flow <flow>', 'only tests of procedures for this flow')
    .option('--timeout <seconds>', 'for a single test, without the runs of procedures, which have limits of their own', '20')
    .addOption(new Option('--reporter <kind>', 'how to tell').choices(['readable', 'junit']).default('readable'))
    .option('-o, --output <file>', 'file for the JUnit report (default: standard output)')
    .option('--watch', 'stay, and run again what is changed')
    .addHelpText(
      'after',
      '\nExamples:\n  tokenwright procedure test\n  tokenwright procedure test procedures --grep "inactive token"\n  tokenwright procedure test procedures --reporter junit --output results.xml',
    )
    .action(async (folder: string, flags: TestFlags) => {
      // Loaded only now: other commands need neither sandbox nor compiler.
      const { testProcedures } = await import('./procedure-test-run.ts');
      await testProcedures(folder, flags, terminal);
    });
}

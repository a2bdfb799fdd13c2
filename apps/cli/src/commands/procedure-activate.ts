import { Command } from 'commander';
import { adminClient, remote, takingOver } from '../connection.ts';
import { json, wholeNumber } from '../flags.ts';
import { harmless, type Terminal } from '../terminal.ts';
import { testsInWords, type Tests } from './procedure-sample.ts';
import { at, placed, PROCEDURE, type Finding, type ScriptFlags } from './scripts.ts';

interface Flags extends ScriptFlags {
  readonly yes?: boolean;
  readonly evenIfFailing?: boolean;
}

interface Activation {
  readonly against: string;
  readonly diff: string;
  readonly findings: readonly Finding[];
  readonly tests: Tests | null;
  readonly affected: readonly { readonly profile: string; readonly endpoint: string; readonly flow: string; readonly clients: number }[];
}

/** `procedure activate`: shows people what changes and for whom, and asks them; scripts are not asked. */
export function activateProcedureCommand(terminal: Terminal): Command {
  return takingOver(remote(new Command('activate').description(`Let a version ${PROCEDURE.purpose}`)))
    .argument('<id>')
    .argument('<version>')
    .option('--even-if-failing', 'also when it fails in a sample; the audit trail says so')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      '\nAt a terminal it shows the difference and who is affected, and asks.\n\nExamples:\n  tokenwright procedure activate phantom-token 3\n  tokenwright procedure activate phantom-token 3 --yes',
    )
    .action(async (id: string, text: string, flags: Flags) => {
      const version = wholeNumber('the version', text);
      const client = adminClient(flags, terminal.env);
      if (terminal.isInteractive && flags.yes !== true && flags.json !== true) {
        const told = await client.get<Activation>(at(PROCEDURE, id, 'versions', String(version), 'activation'));
        terminal.out(harmless(inWords(`${id}@${version}`, told)));
        const answers = await terminal.ask([`Activate version ${version} of ${id}? [y/N] `]);
        // Nobody is there to be asked where the input is no terminal.
        if (answers !== null && !/^y(es)?$/i.test(answers[0]?.trim() ?? '')) {
          terminal.out('Nothing was changed.\n');
          return;
        }
      }
      const changed = await client.send<unknown>('POST', at(PROCEDURE, id, 'activate'), {
        query: { takeOver: flags.takeOver, evenIfFailing: flags.evenIfFailing },
        json: { version },
      });
      terminal.out(flags.json === true ? json(changed) : `Version ${version} of ${id} is active.\n`);
    });
}

function inWords(name: string, { against, diff, findings, tests, affected }: Activation): string {
  const lines = [diff === '' ? `No difference from ${against}.` : diff.trimEnd(), ''];
  for (const finding of findings) lines.push(`${placed(name, finding)} (warning)`);
  if (tests !== null && tests.samples.length > 0) lines.push(testsInWords(tests).trimEnd());
  for (const { profile, endpoint, flow, clients } of affected)
    lines.push(`answers ${flow} at ${endpoint} of ${profile}, which ${clients} client${clients === 1 ? '' : 's'} may use`);
  if (affected.length === 0) lines.push('no endpoint answers with it: nothing is bound to its active version');
  return `${lines.join('\n')}\n`;
}

import { Command } from 'commander';
import { adminClient, remote, takingOver } from '../connection.ts';
import { json } from '../flags.ts';
import type { Terminal } from '../terminal.ts';
import { at, type ScriptFlags, type ScriptSort } from './scripts.ts';

/** `procedure describe`, `library describe`. */
export function describeCommand(sort: ScriptSort, terminal: Terminal): Command {
  const { word, example } = sort;
  return takingOver(remote(new Command('describe').description(`Say anew what a ${word} is for`)))
    .argument('<id>')
    .argument('<text>', 'for people; an empty text for none')
    .addHelpText('after', `\nExample:\n  tokenwright ${word} describe ${example} "What gateways are told"`)
    .action(async (id: string, description: string, flags: ScriptFlags) => {
      const query = { takeOver: flags.takeOver };
      const changed = await adminClient(flags, terminal.env).send('PATCH', at(sort, id), { query, json: { description } });
      terminal.out(flags.json === true ? json(changed) : `${word} ${id} is described anew.\n`);
    });
}

/** `procedure delete`, `library delete`. */
export function deleteCommand(sort: ScriptSort, description: string, terminal: Terminal): Command {
  const { word, example } = sort;
  return takingOver(remote(new Command('delete').description(description)))
    .argument('<id>')
    .addHelpText('after', `\nExample:\n  tokenwright ${word} delete ${example}`)
    .action(async (id: string, flags: ScriptFlags) => {
      await adminClient(flags, terminal.env).send('DELETE', at(sort, id), { query: { takeOver: flags.takeOver } });
      terminal.out(flags.json === true ? json({ deleted: id }) : `Deleted ${word} ${id}.\n`);
    });
}

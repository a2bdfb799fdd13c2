import { Option, type Command } from 'commander';
import type { AdminClient } from '../admin-client.ts';
import { UsageError } from '../command-error.ts';
import { json, pairs, several } from '../flags.ts';
import { mappingIn } from '../members-file.ts';
import type { Terminal } from '../terminal.ts';
import type { AccountFlags } from './account.ts';

type Attributes = Readonly<Record<string, unknown>>;

interface Flags extends AccountFlags {
  readonly attribute?: readonly string[];
  readonly removeAttribute?: readonly string[];
  readonly attributesFile?: string;
}

/** `account set`: what is known of a person. */
export function setAccountCommand(
  command: Command,
  openAccount: (flags: AccountFlags, name: string) => Promise<{ readonly client: AdminClient; readonly path: string }>,
  terminal: Terminal,
): Command {
  return command
    .argument('<name>', 'username or subject')
    .addOption(new Option('--attribute <name=text>', 'attribute that is added or replaced; may be repeated').argParser(several))
    .addOption(new Option('--remove-attribute <name>', 'attribute that is taken away; may be repeated').argParser(several))
    .addOption(
      new Option(
        '--attributes-file <file>',
        'YAML or JSON with all the attributes, in the place of those there are; - for standard input',
      ).conflicts(['attribute', 'removeAttribute']),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  tokenwright account set alice --attribute email=alice@example.com --remove-attribute phone_number\n  tokenwright account set alice --attributes-file alice.json',
    )
    .action(async (name: string, flags: Flags) => {
      const { attribute = [], removeAttribute = [], attributesFile } = flags;
      const added = pairs('--attribute', attribute);
      if (attributesFile === undefined && attribute.length + removeAttribute.length === 0)
        throw new UsageError('say what to change, with --attribute, --remove-attribute or --attributes-file');
      const all = attributesFile === undefined ? null : await mappingIn(attributesFile, terminal);
      const { client, path } = await openAccount(flags, name);
      const attributes = all ?? changed((await client.get<{ attributes: Attributes }>(path)).attributes, added, removeAttribute);
      const view = await client.send('PATCH', path, { json: { attributes } });
      terminal.out(flags.json === true ? json(view) : `Account ${name} is as you said.\n`);
    });
}

function changed(present: Attributes, added: Attributes, removed: readonly string[]): Attributes {
  const absent = removed.filter((name) => !Object.hasOwn(present, name));
  if (absent.length > 0) throw new UsageError(`there is no attribute ${absent.join(', ')} to take away`);
  return { ...Object.fromEntries(Object.entries(present).filter(([name]) => !removed.includes(name))), ...added };
}

import { Command } from 'commander';
import { UsageError } from '../command-error.ts';
import type { Terminal } from '../terminal.ts';
import { completionScript, SHELLS } from './completion-script.ts';
import { completionsOf } from './completions.ts';

/** `completion`: what teaches a shell to complete command lines; `completion words` is what the shell then asks. */
export function completionCommand(program: Command, terminal: Terminal): Command {
  const script = SHELLS.map((shell) =>
    new Command(shell)
      .description(`Print the completion script for ${shell}`)
      .addHelpText('after', `\n${INSTALLATION[shell]}\n\nExample:\n  tokenwright completion ${shell}`)
      .action(() => terminal.out(completionScript(shell))),
  );
  const words = new Command('words')
    .description('List what a command line may go on with, a word a line: for completion scripts')
    .argument('[words...]', 'the words after "tokenwright", the last one as far as it is typed')
    .allowUnknownOption()
    .passThroughOptions()
    .addHelpText('after', '\nExample:\n  tokenwright completion words -- procedure sh')
    .action(async (typed: readonly string[]) => {
      if (typed.length > 200) throw new UsageError('that is no command line that anybody typed');
      const found = await completionsOf(program, typed, terminal.env);
      terminal.out(found.map((word) => `${word}\n`).join(''));
    });
  const command = new Command('completion').description('Complete command lines in bash, zsh and fish').enablePositionalOptions();
  for (const child of [...script, words]) command.addCommand(child);
  return command;
}

const INSTALLATION = {
  bash: 'In ~/.bashrc:\n  source <(tokenwright completion bash)',
  zsh: 'In ~/.zshrc, after compinit:\n  source <(tokenwright completion zsh)',
  fish: 'Once:\n  tokenwright completion fish > ~/.config/fish/completions/tokenwright.fish',
} as const;

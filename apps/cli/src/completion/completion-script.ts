export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * The script that a shell reads. It asks `tokenwright completion words` for what fits, so that it is never older than
 * the commands; where nothing fits, file names are completed.
 */
export function completionScript(shell: Shell): string {
  return SCRIPTS[shell];
}

const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `_tokenwright() {
  local typed=("\${COMP_WORDS[@]:1:COMP_CWORD}") word
  COMPREPLY=()
  while IFS= read -r word; do COMPREPLY+=("$(printf %q "$word")"); done < <("\${COMP_WORDS[0]}" completion words -- "\${typed[@]}" 2>/dev/null)
}
complete -o default -F _tokenwright tokenwright
`,
  zsh: `#compdef tokenwright
_tokenwright() {
  local -a found
  found=("\${(@f)$("\${words[1]}" completion words -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${found[1]}" ]]; then compadd -a found; else _files; fi
}
compdef _tokenwright tokenwright
`,
  fish: `function __tokenwright_words
  set -l typed (commandline -opc) (commandline -ct)
  $typed[1] completion words -- $typed[2..-1] 2>/dev/null
end
complete -c tokenwright -a '(__tokenwright_words)'
`,
};

import type { CommandWords } from './completion.ts';

/** A completion script in plain shell: it walks up to platform.yaml and lists folders. */
export function completionScript(shell: 'bash' | 'zsh' | 'fish', commands: readonly CommandWords[]): string {
  if (shell === 'fish') return fishScript(commands);
  return shell === 'zsh'
    ? `autoload -U +X bashcompinit && bashcompinit\n${bashScript(commands)}`
    : bashScript(commands);
}

/**
 * Shell that prints the names of folders below the repository's `$1`; the same in sh, bash and zsh. Only names that an
 * environment or an app can have: `compgen -W` expands what it is given, and would run a folder named `$(…)`.
 */
const listFolders = `_platform_folders() {
  local dir=$PWD
  while [ ! -f "$dir/platform.yaml" ] && [ "$dir" != / ] && [ -n "$dir" ]; do dir=$(dirname "$dir"); done
  [ -d "$dir/$1" ] || return 0
  (cd "$dir/$1" && for f in */; do
    case "\${f%/}" in *[!a-z0-9-]*) ;; *) printf '%s\\n' "\${f%/}" ;; esac
  done)
}`;

function bashScript(commands: readonly CommandWords[]): string {
  const cases = commands.map(({ name, flags, children, completes }) => {
    const words = [...children, ...flags].join(' ');
    const folders =
      completes === 'nothing'
        ? ''
        : completes === 'environments'
          ? ' $(_platform_folders clusters)'
          : ' $(_platform_folders clusters) $(_platform_folders apps)';
    return `    ${name}) words="${words}${folders}" ;;`;
  });
  return `# bash completion of platform. Written by: platform completion bash
${listFolders}
_platform() {
  local words command=
  local i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in -C) i=$((i + 1)) ;; -*) ;; *) command="\${COMP_WORDS[i]}"; break ;; esac
  done
  case "$command" in
${cases.join('\n')}
    *) words="${commands.map(({ name }) => name).join(' ')} --json --help --version" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _platform platform ./platform
`;
}

function fishScript(commands: readonly CommandWords[]): string {
  const lines = commands.flatMap(({ name, description, flags, children, completes }) => {
    const seen = `-n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c platform -n __fish_use_subcommand -a ${name} -d '${description.replaceAll("'", "\\'")}'`,
      ...flags.map((flag) => `complete -c platform ${seen} -l ${flag.slice(2)}`),
      ...children.map((child) => `complete -c platform ${seen} -a ${child}`),
      ...(completes === 'nothing' ? [] : [`complete -c platform ${seen} -a '(__platform_folders clusters)'`]),
      ...(completes === 'environments-and-apps'
        ? [`complete -c platform ${seen} -a '(__platform_folders apps)'`]
        : []),
    ];
  });
  return `# fish completion of platform. Written by: platform completion fish
function __platform_folders
    set -l dir $PWD
    while not test -f "$dir/platform.yaml"; and test "$dir" != /
        set dir (dirname "$dir")
    end
    for folder in $dir/$argv[1]/*/
        basename $folder | string match -r '^[a-z0-9-]+$'
    end
end
complete -c platform -f
${lines.join('\n')}
`;
}

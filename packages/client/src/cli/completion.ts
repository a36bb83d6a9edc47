import type { Command, Option } from "commander";
import { UsageError } from "./exit-codes.ts";

interface Completions {
  name: string;
  about: string;
  options: { flag: string; about: string }[];
}

/** `edgereel completion`: a script for a shell that completes commands and options. */
export function completion(program: Command, shell: string): string {
  const global = program.options.map(describe);
  const commands = program.commands.map(
    (command): Completions => ({
      name: command.name(),
      about: command.description(),
      options: [...command.options.map(describe), ...global],
    }),
  );
  switch (shell) {
    case "bash":
      return bash(commands, global);
    case "zsh":
      return zsh(commands, global);
    case "fish":
      return fish(commands, global);
    default:
      throw new UsageError(`completion ${shell}: must be bash, zsh or fish`);
  }
}

function describe({ long, description }: Option): { flag: string; about: string } {
  return { flag: long ?? "", about: description };
}

const flags = (options: Completions["options"]) => options.map(({ flag }) => flag).join(" ");

function bash(commands: Completions[], global: Completions["options"]): string {
  const cases = commands.map(({ name, options }) => `    ${name}) words="${flags(options)}" ;;`);
  return `# edgereel completion bash > ~/.local/share/bash-completion/completions/edgereel
_edgereel() {
  local word="\${COMP_WORDS[COMP_CWORD]}" words="${commands.map(({ name }) => name).join(" ")} ${flags(global)}"
  case "\${COMP_WORDS[1]}" in
${cases.join("\n")}
  esac
  [ "$COMP_CWORD" -eq 1 ] && words="${commands.map(({ name }) => name).join(" ")} ${flags(global)}"
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _edgereel edgereel
`;
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

function zsh(commands: Completions[], global: Completions["options"]): string {
  const spec = ({ flag, about }: Completions["options"][number]) => quoted(`${flag}[${about.replace(/[[\]:]/g, " ")}]`);
  const names = commands.map(({ name, about }) => `    ${quoted(`${name}:${about.replaceAll(":", " ")}`)}`);
  const cases = commands.map(
    ({ name, options }) => `    ${name}) _arguments ${options.map(spec).join(" ")} '*:file:_files' ;;`,
  );
  return `#compdef edgereel
# edgereel completion zsh > "\${fpath[1]}/_edgereel"
_edgereel() {
  local -a commands=(
${names.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    _arguments ${global.map(spec).join(" ")}
    return
  fi
  case "\${words[2]}" in
${cases.join("\n")}
  esac
}
if [ "$funcstack[1]" = _edgereel ]; then _edgereel "$@"; else compdef _edgereel edgereel; fi
`;
}

function fish(commands: Completions[], global: Completions["options"]): string {
  const line = (condition: string, rest: string) => `complete -c edgereel -n ${quoted(condition)} ${rest}`;
  return [
    "# edgereel completion fish > ~/.config/fish/completions/edgereel.fish",
    ...global.map(({ flag, about }) => `complete -c edgereel -l ${flag.slice(2)} -d ${quoted(about)}`),
    ...commands.flatMap(({ name, about, options }) => [
      line("__fish_use_subcommand", `-f -a ${name} -d ${quoted(about)}`),
      ...options
        .filter(({ flag }) => !global.some((other) => other.flag === flag))
        .map(({ flag, about: what }) =>
          line(`__fish_seen_subcommand_from ${name}`, `-l ${flag.slice(2)} -d ${quoted(what)}`),
        ),
    ]),
    "",
  ].join("\n");
}

import type { BuildWords, CommandDescription, CommandHelp, OptionDescription } from "./command-help.ts";

/** Completion scripts by the path where each shell's package on Debian looks for them. */
export function shellCompletions(help: CommandHelp, words: BuildWords): Record<string, string> {
  return {
    "usr/share/bash-completion/completions/muster": bash(help, words),
    "usr/share/zsh/vendor-completions/_muster": zsh(help, words),
    "usr/share/fish/vendor_completions.d/muster.fish": fish(help, words),
  };
}

/** A command that takes words takes those of a build. */
const takesWords = ({ places }: CommandDescription): boolean => places.some(({ words }) => words.length > 0);

const buildWords = ({ places }: CommandDescription, { steps, platforms }: BuildWords): string[] => [
  ...steps,
  ...platforms,
  ...places.flatMap((place) => place.words),
];

const spellings = (options: readonly OptionDescription[]): string[] =>
  options.flatMap(({ name, short }) => (short === undefined ? [name] : [name, short]));

/** Within single quotes of a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

function bash({ commands, options }: CommandHelp, words: BuildWords): string {
  const cases = commands.map((command) => {
    const candidates = [...(takesWords(command) ? buildWords(command, words) : []), ...spellings(command.options)];
    return `    ${command.name}) candidates=${quoted(candidates.join(" "))} ;;`;
  });
  const files = options.filter(({ value }) => value?.includes("file") || value === "folder").map(({ name }) => name);
  return `# bash completion for muster
_muster() {
  local current=\${COMP_WORDS[COMP_CWORD]} command='' candidates='' word
  case \${COMP_WORDS[COMP_CWORD - 1]} in
    ${files.join(" | ")}) compopt -o default; return ;;
  esac
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
      ${commands.map(({ name }) => name).join(" | ")}) command=$word; break ;;
    esac
  done
  case $command in
${cases.join("\n")}
    *) candidates=${quoted(commands.map(({ name }) => name).join(" "))} ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$candidates "${quoted(spellings(options).join(" "))} -- "$current")
}
complete -F _muster muster
`;
}

function zsh({ commands, options }: CommandHelp, words: BuildWords): string {
  /** Brackets and colons separate the parts of a specification. */
  const spec = ({ name, value, summary }: OptionDescription): string => {
    const action = value?.includes("file") || value === "folder" ? "_files" : " ";
    const argument = value === undefined ? "" : `:${value}:${action}`;
    return quoted(`${name}[${summary.replaceAll(/([[\]])/g, "\\$1")}]${argument}`);
  };
  const shortSpec = (option: OptionDescription): string[] =>
    option.short === undefined ? [] : [spec({ ...option, name: option.short })];
  const specs = (all: readonly OptionDescription[]): string[] =>
    all.flatMap((each) => [spec(each), ...shortSpec(each)]);
  const cases = commands.map((command) => {
    const lines = [
      ...specs([...command.options, ...options]),
      ...(takesWords(command) ? [quoted(`*:word:(${buildWords(command, words).join(" ")})`)] : [quoted("*:name: ")]),
    ];
    return `    ${command.name})\n      _arguments ${lines.join(" \\\n        ")}\n      ;;`;
  });
  return `#compdef muster
_muster() {
  local -a commands=(
${commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary.replaceAll(":", "\\:")}`)}`).join("\n")}
  )
  local command=\${words[(r)${commands.map(({ name }) => name).join("|")}]}
  case $command in
${cases.join("\n")}
    *) _describe command commands ;;
  esac
}
_muster "$@"
`;
}

function fish({ commands, options }: CommandHelp, words: BuildWords): string {
  const option = (condition: string, { name, short, value, summary }: OptionDescription): string =>
    [
      "complete -c muster",
      ...(condition === "" ? [] : [`-n ${quoted(condition)}`]),
      `-l ${name.slice(2)}`,
      ...(short === undefined ? [] : [`-s ${short.slice(1)}`]),
      ...(value === undefined ? [] : [value.includes("file") || value === "folder" ? "-rF" : "-x"]),
      `-d ${quoted(summary)}`,
    ].join(" ");
  return [
    "# fish completion for muster",
    "complete -c muster -f",
    ...options.map((each) => option("", each)),
    ...commands.map(
      ({ name, summary }) => `complete -c muster -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
    ),
    ...commands.flatMap((command) => {
      const condition = `__fish_seen_subcommand_from ${command.name}`;
      return [
        ...command.options.map((each) => option(condition, each)),
        ...(takesWords(command)
          ? [`complete -c muster -n ${quoted(condition)} -a ${quoted(buildWords(command, words).join(" "))}`]
          : []),
      ];
    }),
    "",
  ].join("\n");
}

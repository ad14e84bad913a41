/**
 * The commands by which a machine turns itself off, for the front of its PATH: those of the computer itself would turn that off. They write to
 * the machine's power switch, a FIFO, so that they work from any process group and PID namespace.
 */
export function powerCommands(power: string): Readonly<Record<string, string>> {
  const script = (body: string) => `#!/bin/bash\npower=${quote(power)}\n${BASE}${body}`;
  return {
    shutdown: script(SHUTDOWN),
    poweroff: script("off\n"),
    // On AWS a machine that only halts hangs, and costs; nobody means that.
    halt: script("off\n"),
    reboot: script("no_reboot\n"),
    init: script(INIT),
    telinit: script(INIT),
    systemctl: script(SYSTEMCTL),
  };
}

const BASE = `off() { echo off 1<> "$power"; exit; }
no_reboot() { echo 'a local instance cannot reboot; stop and start it' >&2; exit 1; }
`;

/** `shutdown [OPTION…] [TIME] [MESSAGE…]`: without a time in a minute; a later call replaces an earlier one. */
const SHUTDOWN = `action=off when=
for word; do
  case "$word" in
    --reboot | -r | -[!-]*r*) action=reboot ;;
    -c) action=cancel ;;
    -k) action=warn ;;
    -*) ;;
    *) when="\${when:-$word}" ;;
  esac
done
[ "$action" = warn ] && exit
[ "$action" = reboot ] && no_reboot
if [ -f "$power.pending" ]; then
  kill -- "-$(cat "$power.pending")" 2> /dev/null
  rm -f "$power.pending"
fi
[ "$action" = cancel ] && exit
case "\${when:-+1}" in
  now | +0 | 0) off ;;
  *:*) seconds=$(( ( $(date -d "$when" +%s) - $(date +%s) + 86400 ) % 86400 )) ;;
  *) minutes="\${when:-1}" seconds=$(( 10#\${minutes#+} * 60 )) ;;
esac || exit
setsid bash -c 'sleep "$1"; echo off 1<> "$2"' shutdown "$seconds" "$power" < /dev/null > /dev/null 2>&1 &
echo $! > "$power.pending"
`;

const INIT = `case "$1" in
  0) off ;;
  6) no_reboot ;;
  *) echo "$0: a local instance has no run levels" >&2; exit 1 ;;
esac
`;

const SYSTEMCTL = `for word; do
  case "$word" in
    poweroff | halt) off ;;
    reboot | kexec | soft-reboot) no_reboot ;;
    -*) ;;
    *) break ;;
  esac
done
PATH="\${PATH#"\${0%/*}":}"
exec systemctl "$@"
`;

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

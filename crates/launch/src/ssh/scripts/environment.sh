# Functions for the scripts of this folder. POSIX; names of ours begin with `portal_`, because the login shell's variables come in between.

portal_pause() { sleep 0.1 2>/dev/null || sleep 1; }

# Runs a program at most so many tenths of a second; what it says is in `portal_said`.
# What it leaves running may hold its output open for ever, so that goes into a file.
portal_bounded() {
  portal_rounds=$1
  shift
  portal_said=
  portal_umask=$(umask)
  umask 077
  portal_file=$(mktemp "${TMPDIR:-/tmp}/portal.XXXXXX") || return 1
  umask "$portal_umask"
  trap 'rm -f "$portal_file"' EXIT
  "$@" </dev/null >"$portal_file" 2>/dev/null &
  portal_child=$!
  while [ "$portal_rounds" -gt 0 ] && kill -0 "$portal_child" 2>/dev/null; do
    portal_pause
    portal_rounds=$((portal_rounds - 1))
    # Something that writes for ever.
    if [ "$(wc -c <"$portal_file")" -gt 1000000 ]; then portal_rounds=0; fi
  done
  kill -s KILL "$portal_child" 2>/dev/null
  wait "$portal_child" 2>/dev/null
  portal_said=$(head -c 1000000 "$portal_file" | tr -d '\000')
  rm -f "$portal_file"
}

# The environment that a terminal on this host has: most people set `PATH` and keys in files of their login shell.
portal_take_login_environment() {
  case ${SHELL##*/} in
    sh | bash | zsh | dash | ksh | mksh | fish) ;;
    *) return 0 ;;
  esac
  [ -x "$SHELL" ] || return 0
  portal_path=$PATH
  # A shell of its own writes it down, in words that any POSIX shell reads, whatever the login shell is.
  portal_bounded 100 "$SHELL" -i -l -c \
    '/bin/sh -c "echo; echo __portal_environment__; export -p; echo __portal_environment__"'
  portal_said=$(printf '%s\n' "$portal_said" | sed -n '/^__portal_environment__$/,/^__portal_environment__$/p' | sed '1d;$d')
  eval "$portal_said"
  portal_said=
  case ":$PATH:" in *":$portal_path:"*) ;; *) PATH=$PATH:$portal_path ;; esac
}

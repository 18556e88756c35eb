# Starts a program that outlives this connection. Answers `started`, process id, start, log; or what is wrong: `log`, `program`.
# The folder has been entered, the environment is set, the arguments are the program with its own.
if ! { [ -f "$1" ] && [ -x "$1" ]; }; then
  printf '%s\0' program "$1"
  exit 0
fi
portal_umask=$(umask)
umask 077
portal_state=$HOME/.local/state/opencode-portal
portal_log=$portal_state/$portal_name.log
if ! { mkdir -p "$portal_state" && : >"$portal_log"; } 2>/dev/null; then
  printf '%s\0' log "$portal_log"
  exit 0
fi
umask "$portal_umask"
# A session of its own: it can be ended as a whole, and the end of this connection does not reach it.
if command -v setsid >/dev/null 2>&1; then
  setsid "$@" </dev/null >>"$portal_log" 2>&1 &
elif command -v perl >/dev/null 2>&1; then
  perl -e 'use POSIX; POSIX::setsid(); exec { $ARGV[0] } @ARGV' "$@" </dev/null >>"$portal_log" 2>&1 &
else
  nohup "$@" </dev/null >>"$portal_log" 2>&1 &
fi
portal_pid=$!
portal_started=$(portal_started_of "$portal_pid")
printf '%s\0' started "$portal_pid" "$portal_started" "$portal_log"

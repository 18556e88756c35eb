# Starting a program that outlives this connection, once, also when nobody hears the answer.
#
# Beside its log lie: a folder `.ticket-T`, which whoever gives the start up takes away, and the start itself makes `.claimed-T` of before it begins,
# so that only one of them can; that stays until it has written `.run`, what was started with which ticket.
portal_state=$HOME/.local/state/opencode-portal
portal_own=$portal_state/$portal_name

# Before anything that takes its time. The arguments are the program.
portal_prepare() {
  [ -f "$1" ] && [ -x "$1" ] || portal_fault program "$1"
  if ! { (umask 077 && mkdir -p "$portal_state") && rm -rf "$portal_own".ticket-* "$portal_own".claimed-* && mkdir "$portal_own.ticket-$portal_ticket"; } 2>/dev/null; then
    portal_fault log "$portal_own.log"
  fi
}

# Whoever ends what is left waits from here on until it is written down. Whoever starts holds a lock during each try, and knows of none that runs:
# what an earlier start has left, whose answer was lost, is nobody's.
portal_claim() {
  # The login shell has said where it was itself.
  cd -- "$portal_directory" || portal_fault unreadable "$portal_directory"
  mv "$portal_own.ticket-$portal_ticket" "$portal_own.claimed-$portal_ticket" 2>/dev/null || portal_fault givenup "$portal_ticket"
  portal_pid=0
  portal_born=
  if [ -r "$portal_own.run" ]; then read -r portal_pid portal_born portal_other <"$portal_own.run"; fi
  portal_end
  [ "$portal_word" != stays ] || portal_unclaim stays "$portal_pid"
}

# It is over with this start, or it is written down. With words: that is the answer.
portal_unclaim() {
  rmdir "$portal_own.claimed-$portal_ticket" 2>/dev/null
  if [ "$#" -gt 0 ]; then portal_fault "$@"; fi
}

# The arguments are the program with its own. Answers `started`, process id, start, log; or `ended` and its output, when it has ended at once.
portal_start() {
  portal_umask=$(umask)
  umask 077
  rm -f "$portal_own.run" "$portal_own.turn"
  # Not `:`, with which a shell ends when it cannot write.
  printf '' 2>/dev/null >"$portal_own.log" || portal_unclaim log "$portal_own.log"
  # Who waited too long for it has taken it away.
  [ -d "$portal_own.claimed-$portal_ticket" ] || portal_fault givenup "$portal_ticket"
  umask "$portal_umask"
  # A session of its own: it can be ended as a whole, and the end of this connection does not reach it.
  if command -v setsid >/dev/null 2>&1; then
    setsid "$@" </dev/null >>"$portal_own.log" 2>&1 &
  elif command -v perl >/dev/null 2>&1; then
    perl -e 'use POSIX; POSIX::setsid(); exec { $ARGV[0] } @ARGV' "$@" </dev/null >>"$portal_own.log" 2>&1 &
  else
    nohup "$@" </dev/null >>"$portal_own.log" 2>&1 &
  fi
  portal_pid=$!
  portal_born=$(portal_started_of "$portal_pid")
  if [ -z "$portal_born" ]; then
    portal_unclaim
    printf '%s\0' ended
    tail -c 65536 "$portal_own.log"
    exit 0
  fi
  umask 077
  printf '%s %s %s\n' "$portal_pid" "$portal_born" "$portal_ticket" >"$portal_own.new" && mv -f "$portal_own.new" "$portal_own.run"
  # Nothing of its environment is passed on but the mark, by which it is found when all is ended.
  env -i "PATH=$PATH" "HOME=$HOME" "$portal_mark" /bin/sh -c "$portal_bound" sh "$portal_pid" "$portal_own" "$portal_longest" </dev/null >/dev/null 2>&1 &
  portal_unclaim
  printf '%s\0' started "$portal_pid" "$portal_born" "$portal_own.log"
}

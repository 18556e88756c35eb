# Ending a process with everything that it has started, if it is that process: `portal_pid`, `portal_born`; `portal_mark`, `portal_grace`.
portal_group_of() {
  if [ -r /proc/self/stat ]; then
    portal_stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    portal_stat=${portal_stat##*) }
    printf '%s\n' "$portal_stat" | cut -d ' ' -f 3
  else
    ps -o pgid= -p "$1" 2>/dev/null | tr -d ' '
  fi
}

# Who carries our mark: what has left the group does, too. Only Linux tells.
portal_marked() {
  [ -n "$portal_mark" ] && [ -d /proc/self ] || return 0
  grep -l -s -F -e "$portal_mark" /proc/[0-9]*/environ 2>/dev/null | while IFS=/ read -r _ _ portal_found _; do
    case $(portal_started_of "$portal_found") in '') ;; *) echo "$portal_found" ;; esac
  done
}

portal_signal_rest() {
  if [ -n "$portal_group" ]; then kill -s "$1" -- "-$portal_pid" 2>/dev/null; fi
  for portal_found in $(portal_marked); do
    kill -s "$1" "$portal_found" 2>/dev/null
  done
}

portal_rest_lives() {
  [ -n "$(portal_marked)" ] && return 0
  # A group of those that have ended and were not taken leave of yet does not count.
  [ -n "$portal_group" ] && portal_group_lives
}

portal_group_lives() {
  if [ -r /proc/self/stat ]; then
    cat /proc/[0-9]*/stat 2>/dev/null | awk -v group="$portal_pid" '{ sub(/^.*\) /, "") } $3 == group && $1 != "Z" && $1 != "X" { found = 1 } END { exit !found }'
  else
    kill -0 -- "-$portal_pid" 2>/dev/null
  fi
}

# Ends it; how is in `portal_word`: `gone`, `ended`, `killed` or `stays`.
portal_end() {
  portal_group=
  portal_word=ended
  if portal_lives; then
    # Only the group that it leads is all its own.
    if [ "$(portal_group_of "$portal_pid")" = "$portal_pid" ]; then portal_group=yes; fi
    if [ -n "$portal_group" ]; then kill -s TERM -- "-$portal_pid" 2>/dev/null; else kill -s TERM "$portal_pid" 2>/dev/null; fi
    portal_rounds=$portal_grace
    while portal_lives && [ "$portal_rounds" -gt 0 ]; do
      portal_pause
      portal_rounds=$((portal_rounds - 1))
    done
    if portal_lives; then
      portal_word=killed
      if [ -n "$portal_group" ]; then kill -s KILL -- "-$portal_pid" 2>/dev/null; else kill -s KILL "$portal_pid" 2>/dev/null; fi
    fi
  elif [ -z "$(portal_marked)" ]; then
    portal_word=gone
    return 0
  fi
  if portal_rest_lives; then
    portal_signal_rest TERM
    portal_rounds=5
    while [ "$portal_rounds" -gt 0 ] && portal_rest_lives; do
      portal_pause
      portal_rounds=$((portal_rounds - 1))
    done
  fi
  portal_rounds=50
  while portal_rest_lives || portal_lives; do
    portal_signal_rest KILL
    if [ "$portal_rounds" -le 0 ]; then
      portal_word=stays
      return 0
    fi
    portal_pause
    portal_rounds=$((portal_rounds - 1))
  done
}

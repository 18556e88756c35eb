# When a process was started, in words that fit it alone: its number may be given to another one. Nothing for one that has ended.
portal_started_of() {
  if [ -r /proc/self/stat ]; then
    portal_stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    # Its name stands in brackets, and may contain anything.
    portal_stat=${portal_stat##*) }
    case $portal_stat in [ZX]*) return 1 ;; esac
    portal_started=$(printf '%s\n' "$portal_stat" | cut -d ' ' -f 20)
    printf '%s' "$portal_started-$(cat /proc/sys/kernel/random/boot_id 2>/dev/null)"
  else
    case $(ps -o stat= -p "$1" 2>/dev/null) in '' | Z*) return 1 ;; esac
    LC_ALL=C ps -o lstart= -p "$1" 2>/dev/null | tr -s ' ' '-' | sed 's/-*$//'
  fi
}

# Whether it is that process, and lives.
portal_lives() { [ "$portal_pid" -gt 1 ] && [ -n "$portal_born" ] && [ "$(portal_started_of "$portal_pid")" = "$portal_born" ]; }

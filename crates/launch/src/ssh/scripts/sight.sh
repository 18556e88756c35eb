# How a process is. Answers `alive` or `gone`; memory in bytes and processor time in hundredths of a second of its tree; the length of its log;
# how often that was begun anew, where in it what follows begins; and then the log from there on.
portal_own=$HOME/.local/state/opencode-portal/$portal_name
if portal_lives; then portal_word=alive; else portal_word=gone; fi
portal_used='0 0'
if [ "$portal_word" = alive ]; then
  if [ -r /proc/self/stat ]; then
    portal_used=$(cat /proc/[0-9]*/stat 2>/dev/null | awk -v root="$portal_pid" \
      -v page="$(getconf PAGESIZE 2>/dev/null || echo 4096)" -v hertz="$(getconf CLK_TCK 2>/dev/null || echo 100)" '
      { pid = $1; sub(/^.*\) /, ""); parent[pid] = $2; session[pid] = $4; pages[pid] = $22; ticks[pid] = $12 + $13 }
      END {
        below[root] = 1
        do {
          more = 0
          for (pid in parent) if (!(pid in below) && (session[pid] == root || parent[pid] in below)) { below[pid] = 1; more = 1 }
        } while (more)
        for (pid in below) { memory += pages[pid] * page; time += ticks[pid] * 100 / hertz }
        printf "%.0f %.0f", memory, time
      }')
  else
    portal_used=$(LC_ALL=C ps -A -o pid= -o ppid= -o rss= -o time= 2>/dev/null | awk -v root="$portal_pid" '
      { parent[$1] = $2; size[$1] = $3 * 1024; count = split($4, parts, /[:-]/); time[$1] = 0
        for (at = 1; at <= count; at++) time[$1] = time[$1] * ((at == 2 && count == 4) ? 24 : 60) + parts[at] }
      END {
        below[root] = 1
        do {
          more = 0
          for (pid in parent) if (!(pid in below) && parent[pid] in below) { below[pid] = 1; more = 1 }
        } while (more)
        for (pid in below) { memory += size[pid]; total += time[pid] * 100 }
        printf "%.0f %.0f", memory, total
      }')
  fi
fi
portal_turn=0
if [ -r "$portal_own.turn" ]; then read -r portal_turn <"$portal_own.turn"; fi
portal_size=$(wc -c 2>/dev/null <"$portal_own.log" | tr -d ' ')
portal_size=${portal_size:-0}
# It was begun anew.
if [ "$portal_turn" != "$portal_in" ] || [ "$portal_size" -lt "$portal_from" ]; then portal_from=0; fi
printf '%s\0' "$portal_word" "${portal_used% *}" "${portal_used#* }" "$portal_size" "$portal_turn" "$portal_from"
if [ "$portal_most" -gt 0 ] && [ "$portal_size" -gt "$portal_from" ]; then
  tail -c "+$((portal_from + 1))" "$portal_own.log" 2>/dev/null | head -c "$portal_most"
fi

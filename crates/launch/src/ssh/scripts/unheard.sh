# What became of a start whose answer was lost. Answers `none`: it started nothing, and never will; `started`, process id, start, log; or `ended`
# and its output.
portal_own=$HOME/.local/state/opencode-portal/$portal_name
if rmdir "$portal_own.ticket-$portal_ticket" 2>/dev/null; then
  printf '%s\0' none
  exit 0
fi
portal_rounds=120
portal_pid=0
portal_other=
while [ "$portal_rounds" -gt 0 ]; do
  if [ -r "$portal_own.run" ]; then read -r portal_pid portal_born portal_other <"$portal_own.run"; fi
  if [ "$portal_other" = "$portal_ticket" ]; then break; fi
  # It ends what an earlier one has left before it starts, and writes down what it has started after that.
  portal_pause
  portal_rounds=$((portal_rounds - 1))
done
if [ "$portal_other" != "$portal_ticket" ]; then
  printf '%s\0' none
elif portal_lives; then
  printf '%s\0' started "$portal_pid" "$portal_born" "$portal_own.log"
else
  printf '%s\0' ended
  tail -c 65536 "$portal_own.log"
fi

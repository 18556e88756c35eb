# Keeps a log short as long as its writer lives, whether somebody has read it or not: $1 is the writer, $2.log the log, $3 how long it may be.
# The writer appends, so it goes on at the beginning; the number in $2.turn tells readers that it has begun anew.
while sleep 5; kill -0 "$1" && [ -f "$2.log" ]; do
  if [ "$(wc -c <"$2.log")" -gt "$3" ]; then
    turn=0
    if [ -r "$2.turn" ]; then read -r turn <"$2.turn"; fi
    # Emptied before the number: who looks in between would take what was there for what comes after it.
    printf '' >"$2.log"
    printf '%s\n' "$((turn + 1))" >"$2.turn"
  fi
done

# Ends whatever starts of this name have left, also one that is still on its way, and removes what we have written for them.
# Whoever runs this keeps others from starting. Answers `gone`, `ended`, `killed` or `stays`.
portal_state=$HOME/.local/state/opencode-portal
portal_own=$portal_state/$portal_name
portal_claimed() {
  for portal_file in "$portal_own".claimed-*; do
    if [ -d "$portal_file" ]; then return 0; fi
  done
  return 1
}
# Without its ticket a start gives up.
rm -rf "$portal_own".ticket-*
# One that has made a claim of it is about to write down what it starts; one that was killed in the middle never does.
portal_rounds=150
while [ "$portal_rounds" -gt 0 ] && portal_claimed; do
  portal_pause
  portal_rounds=$((portal_rounds - 1))
done
rm -rf "$portal_own".claimed-*
if [ -r "$portal_own.run" ]; then read -r portal_pid portal_born portal_other <"$portal_own.run"; fi
portal_end
if [ "$portal_word" != stays ]; then
  rm -rf -- "$portal_own".*
  rmdir "$portal_state" 2>/dev/null
fi
printf '%s\0' "$portal_word"

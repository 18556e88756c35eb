# Ends whatever starts of this name have left, also one that is still on its way, and removes what we have written for them.
# Whoever runs this keeps others from starting. Answers `gone`, `ended`, `killed` or `stays`.
portal_state=$HOME/.local/state/opencode-portal
portal_own=$portal_state/$portal_name
# Without its ticket a start gives up.
rm -rf "$portal_own".ticket-*
if [ -r "$portal_own.run" ]; then read -r portal_pid portal_born portal_other <"$portal_own.run"; fi
portal_end
if [ "$portal_word" != stays ]; then
  rm -rf -- "$portal_own".*
  rmdir "$portal_state" 2>/dev/null
fi
printf '%s\0' "$portal_word"

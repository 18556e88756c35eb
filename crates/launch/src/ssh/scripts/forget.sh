# Removes what we have written for a process, unless it belongs to a later start.
cd "$HOME/.local/state/opencode-portal" 2>/dev/null || exit 0
for portal_file in "$portal_name".ticket-* "$portal_name".claimed-*; do
  if [ -e "$portal_file" ]; then exit 0; fi
done
if [ -r "$portal_name.run" ]; then
  read -r portal_pid portal_born portal_ticket <"$portal_name.run"
  [ "$portal_pid $portal_born" = "$portal_process" ] || exit 0
fi
rm -rf -- "$portal_name".*
cd ..
rmdir opencode-portal 2>/dev/null

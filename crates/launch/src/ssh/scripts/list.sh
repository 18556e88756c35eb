# Lists the folders in the one that was entered. Answers `folder` or `part` (there are more), its whole path, and the names.
LC_ALL=C
export LC_ALL
portal_names=0
portal_here=$(pwd; echo /)
portal_here=${portal_here%??}
printf '%s\0' folder "${portal_here:-/}"
for portal_entry in * .[!.]* ..?*; do
  [ -d "$portal_entry" ] || continue
  portal_names=$((portal_names + 1))
  if [ "$portal_names" -gt "$portal_limit" ]; then
    # A path cannot be a name.
    printf '%s\0' //more
    exit 0
  fi
  printf '%s\0' "$portal_entry"
done

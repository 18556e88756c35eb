# Enters a folder. `~` is the home folder; nothing means it, too. Answers what is wrong with it: `missing`, `file` or `unreadable`.
case $portal_directory in
  '' | '~') portal_directory=$HOME ;;
  '~/'*) portal_directory=$HOME/${portal_directory#??} ;;
esac
portal_fault() {
  printf '%s\0' "$1" "$portal_directory"
  exit 0
}
[ -e "$portal_directory" ] || portal_fault missing
[ -d "$portal_directory" ] || portal_fault file
cd -- "$portal_directory" 2>/dev/null || portal_fault unreadable
[ -r . ] && [ -x . ] || portal_fault unreadable

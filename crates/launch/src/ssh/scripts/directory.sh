# Enters a folder. `~` is the home folder; nothing means it, too. Answers what is wrong with it: `missing`, `file` or `unreadable`.
case $portal_directory in
  '' | '~') portal_directory=$HOME ;;
  '~/'*) portal_directory=$HOME/${portal_directory#??} ;;
esac
portal_fault() {
  printf '%s\0' "$1" "$2"
  exit 0
}
[ -e "$portal_directory" ] || portal_fault missing "$portal_directory"
[ -d "$portal_directory" ] || portal_fault file "$portal_directory"
cd -- "$portal_directory" 2>/dev/null || portal_fault unreadable "$portal_directory"
[ -r . ] && [ -x . ] || portal_fault unreadable "$portal_directory"

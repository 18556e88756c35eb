# Finds an opencode that tells its version. Answers `found`, path, version; or `broken`, path; or `none`. NUL ends each.
portal_take_login_environment

portal_broken=
portal_try() {
  [ -f "$1" ] && [ -x "$1" ] || return 0
  portal_bounded 200 "$1" --version
  portal_version=$(printf '%s\n' "$portal_said" | sed -n 's/^v\{0,1\}\([0-9][0-9]*\.[0-9][0-9A-Za-z.+-]*\)[[:space:]]*$/\1/p' | head -n 1)
  if [ -n "$portal_version" ]; then
    printf '%s\0' found "$1" "$portal_version"
    exit 0
  fi
  [ -n "$portal_broken" ] || portal_broken=$1
}

case $portal_wanted in
  '') ;;
  */*)
    case $portal_wanted in '~/'*) portal_wanted=$HOME/${portal_wanted#??} ;; esac
    portal_try "$portal_wanted"
    ;;
  *) portal_try "$(command -v "$portal_wanted")" ;;
esac
if [ -z "$portal_wanted" ]; then
  portal_ifs=$IFS
  IFS=:
  set -f
  for portal_folder in $PATH; do
    case $portal_folder in /*) portal_try "$portal_folder/opencode" ;; esac
  done
  set +f
  IFS=$portal_ifs
  for portal_folder in "$HOME/.opencode/bin" "${BUN_INSTALL:-$HOME/.bun}/bin" "$HOME/.npm-global/bin" "$HOME/.npm-packages/bin" \
    "${NVM_DIR:-$HOME/.nvm}"/versions/node/*/bin "$HOME"/.local/share/fnm/node-versions/*/installation/bin \
    "${VOLTA_HOME:-$HOME/.volta}/bin" "${PNPM_HOME:-$HOME/.local/share/pnpm}" "$HOME/.local/share/mise/shims" "$HOME/.local/bin" "$HOME/bin" \
    /opt/homebrew/bin /home/linuxbrew/.linuxbrew/bin /usr/local/bin /usr/bin /snap/bin; do
    portal_try "$portal_folder/opencode"
  done
fi
if [ -n "$portal_broken" ]; then printf '%s\0' broken "$portal_broken"; else printf '%s\0' none; fi

# What the scripts share. Sourced, never run.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

# Steps of a script: `plan 5`, then `step "Building the app"` prints "[2/5] Building the app".
plan() { steps_total=$1 steps_done=0; }
step() {
  steps_done=$((steps_done + 1))
  printf '\n\033[1m[%d/%d] %s\033[0m\n' "$steps_done" "$steps_total" "$*"
}
say() { printf '%s\n' "$*"; }
fail() { printf '\n\033[1;31mStopped:\033[0m %s\n' "$1" >&2; shift; [ $# -gt 0 ] && printf '  %s\n' "$@" >&2; exit 1; }

has() { command -v "$1" >/dev/null 2>&1; }

# Whether version $1 is at least $2 ("1.95.0" and "1.95").
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

# `debian`, `ubuntu`, `fedora`, `arch`, `macos`, `windows`, or `other`.
system() {
  case "$(uname -s)" in
    Darwin) echo macos ;;
    MINGW* | MSYS* | CYGWIN*) echo windows ;;
    Linux)
      local id like
      id=$(. /etc/os-release 2>/dev/null && echo "${ID:-}")
      like=$(. /etc/os-release 2>/dev/null && echo "${ID_LIKE:-}")
      case " $id $like " in
        *" ubuntu "*) echo ubuntu ;;
        *" debian "*) echo debian ;;
        *" fedora "* | *" rhel "*) echo fedora ;;
        *" arch "*) echo arch ;;
        *) echo other ;;
      esac ;;
    *) echo other ;;
  esac
}

# Whether a window can be shown.
has_display() {
  [ "$(uname -s)" != Linux ] || [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]
}

# The Chromium that UI tests use; empty when there is none.
find_chromium() {
  if [ -n "${PORTAL_CHROMIUM:-}" ]; then echo "$PORTAL_CHROMIUM"; return; fi
  local name path
  for name in chromium google-chrome google-chrome-stable chrome; do
    if has "$name"; then command -v "$name"; return; fi
  done
  # On Ubuntu `chromium-browser` may be a stub that only names a snap.
  if has chromium-browser && chromium-browser --version >/dev/null 2>&1; then command -v chromium-browser; return; fi
  path=$(cd ui 2>/dev/null && node -e 'console.log(require("playwright-core").chromium.executablePath())' 2>/dev/null)
  if [ -n "$path" ] && [ -x "$path" ]; then echo "$path"; fi
}

# The opencode binary pinned by ui/package.json, for people and tests that have no other; empty when there is none.
pinned_opencode() {
  local candidate
  # Builds for other processors and C libraries may lie beside the one that fits, with longer names; only one that answers counts.
  for candidate in $(ls -d ui/node_modules/opencode-{linux,darwin,windows}-*/bin/opencode{,.exe} 2>/dev/null | awk '{ print length, $0 }' | sort -n | cut -d ' ' -f 2-); do
    if "$candidate" --version >/dev/null 2>&1; then echo "$PWD/$candidate"; return; fi
  done
}

target_dir() {
  case "${CARGO_TARGET_DIR:-target}" in
    /*) echo "$CARGO_TARGET_DIR" ;;
    *) echo "$PWD/${CARGO_TARGET_DIR:-target}" ;;
  esac
}

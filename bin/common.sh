# Sourced by ./signalbox, ./check and the scripts beside this file (bash 3.2 or newer).
# Finds what Signalbox needs on this machine, and says in one sentence what is missing.

die() {
  printf '%s: %s\n' "${program:-signalbox}" "$*" >&2
  exit 1
}

say() {
  printf '%s\n' "$*" >&2
}

# Sets JDK to the first JDK of version 25 or newer; leaves it empty when there is none.
# Versions are read from the `release` file: a JVM started only to ask it costs more than the rest.
# SIGNALBOX_SYSTEM_ROOT puts another folder in the place of `/`, for tests.
find_jdk() {
  local at candidate top=${SIGNALBOX_SYSTEM_ROOT:-}
  JDK=
  for candidate in "${JAVA_HOME:-}" "${JDK25_HOME:-}"; do
    if is_jdk_25 "$candidate"; then JDK=$candidate; return 0; fi
  done
  if at=$(command -v javac); then
    if [ -L "$at" ]; then at=$(readlink -f "$at" 2>/dev/null || printf %s "$at"); fi
    if is_jdk_25 "${at%/bin/javac}"; then JDK=${at%/bin/javac}; return 0; fi
  fi
  for candidate in \
    "$top"/usr/lib/jvm/*2[5-9]* "$top"/usr/lib/jvm/*[3-9][0-9]* "$top"/usr/lib/jvm/default-java \
    "${SDKMAN_DIR:-${HOME:-}/.sdkman}"/candidates/java/* \
    "${HOME:-}"/.jdks/* "${HOME:-}"/.local/share/mise/installs/java/* \
    "$top"/opt/*jdk* "$top"/opt/*java* "$top"/opt/*/ \
    "$top"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    "${HOME:-}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    "$top"/opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    "$top"/usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    candidate=${candidate%/}
    if is_jdk_25 "$candidate"; then JDK=$candidate; return 0; fi
  done
  return 1
}

is_jdk_25() {
  local line version=
  [ -n "$1" ] && [ -x "$1/bin/javac" ] && [ -x "$1/bin/java" ] || return 1
  if [ -r "$1/release" ]; then
    while IFS= read -r line; do
      case $line in
        JAVA_VERSION=*) version=${line#JAVA_VERSION=} ;;
      esac
    done <"$1/release"
    version=${version//\"/}
  else
    version=$("$1/bin/javac" -version 2>&1)
    version=${version#javac }
  fi
  at_least "$version" 25
}

# at_least VERSION MAJOR [MINOR]: whether a dotted version (a leading `v` is fine) reaches it.
at_least() {
  local version=${1#v} major minor
  major=${version%%[!0-9]*}
  minor=${version#"$major"}
  minor=${minor#.}
  minor=${minor%%[!0-9]*}
  [ -n "$major" ] || return 1
  [ "$major" -gt "$2" ] || { [ "$major" -eq "$2" ] && [ "${minor:-0}" -ge "${3:-0}" ]; }
}

need_jdk() {
  find_jdk || die "JDK 25 or newer is needed and none was found:" \
    "install one (for example from https://adoptium.net) or set JAVA_HOME to it."
}

need_node() {
  local version
  version=$(node --version 2>/dev/null) || version=
  [ -n "$version" ] || die "Node.js 20 or newer is needed to build the browser app and none was found:" \
    "install it (https://nodejs.org) and run this again."
  at_least "$version" 20 || die "Node.js 20 or newer is needed to build the browser app, but \`node\` is $version:" \
    "install a newer one (https://nodejs.org) and run this again."
  command -v npm >/dev/null || die "npm is needed to build the browser app and was not found beside Node.js:" \
    "install it and run this again."
}

need_git() {
  local version
  version=$(git --version 2>/dev/null) || version=
  version=${version#git version }
  [ -n "$version" ] || die "git 2.39 or newer is needed and none was found: install it and run this again."
  at_least "$version" 2 39 || die "git 2.39 or newer is needed, but \`git\` is $version:" \
    "install a newer one and run this again."
}

# why_failed LOG: one sentence about a failed build, from its log.
why_failed() {
  local unreachable='Could not transfer|Unknown host|UnknownHostException|Connection refused|ConnectException'
  unreachable="$unreachable|timed out|ETIMEDOUT|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ECONNRESET|ENETUNREACH"
  unreachable="$unreachable|Failed to fetch|failed to download|Network is unreachable|PKIX path|could not be resolved"
  if grep -q -E 'No space left on device|ENOSPC' "$1"; then
    printf '%s' "the disk is full: make room and run this again (log: $1)."
  elif grep -q -E 'Permission denied|EACCES|EROFS|Read-only file system' "$1"; then
    printf '%s' "a file could not be written: see the log ($1), make it writable and run this again."
  elif grep -q -E "$unreachable" "$1"; then
    printf '%s%s' "a package registry is out of reach, so the build could not fetch what it needs:" \
      " check the network or the proxy settings of Maven and npm, then run this again (log: $1)."
  else
    printf '%s' "the build failed: the log says why ($1)."
  fi
}

# with_lock DIR COMMAND…: runs it while no other process holds DIR/lock. A command that fails under `set -e` ends
# the script, and the lock with it.
with_lock() {
  local dir=$1
  shift
  if command -v flock >/dev/null; then
    exec 9>"$dir/lock"
    if ! flock -n 9; then
      say "Waiting for another build of this checkout to end…"
      flock 9
    fi
    "$@" 9>&- # what it starts must not hold the lock
    exec 9>&-
  else
    take_lock_by_directory "$dir/lock.d"
    "$@"
    give_lock_back
  fi
}

# Where there is no flock (macOS): a directory is made by one process only, and belongs to a living one.
take_lock_by_directory() {
  local owner said=
  until mkdir "$1" 2>/dev/null; do
    owner=$(cat "$1/pid" 2>/dev/null) || owner=
    if [ -n "$owner" ] && ! kill -0 "$owner" 2>/dev/null; then
      mv "$1" "$1.dead.$$" 2>/dev/null && rm -rf "$1.dead.$$"
      continue
    fi
    [ -n "$said" ] || { said=1; say "Waiting for another build of this checkout to end…"; }
    sleep 0.2
  done
  held_lock=$1
  trap give_lock_back EXIT
  printf '%s\n' "$$" >"$1/pid"
}

give_lock_back() {
  rm -rf "$held_lock"
  trap - EXIT
}

# What `find web` must look at to know whether the browser app changed. The folder itself changes with node_modules.
web_sources=('(' -path web/node_modules -o -path web/dist -o -path web/test ')' -prune -o ! -path web)

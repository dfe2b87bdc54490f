#!/bin/sh
# The guard of one run of Signalbox. Its standard input is a pipe whose other end only the server
# holds; when that ends, however the server died, this ends every process of the run and then itself.
# It has a session of its own, ignores what ends the server's, holds no terminal and no directory,
# and carries no mark in its environment, or it would end itself first.
#
# usage: guard.sh RUN DIRECTORY SERVER_GROUP SERVER_SESSION
#   RUN         the id that every child carries as SIGNALBOX_RUN
#   DIRECTORY   the record of the run: children/N holds "PID START" of each live child
#   the others  are never followed: the terminal the user started the server in

run=$1
record=$2
server_group=$3
server_session=$4
server=$PPID

# One line per live process: pid parent group session start state
table() {
  if [ -r /proc/self/stat ] && [ "${SIGNALBOX_GUARD_TABLE:-proc}" = proc ]; then
    # grep puts the file's name before each line, so that a process cannot lie about its number with
    # a newline in its name; the fields are counted after the last parenthesis.
    grep '' /proc/[0-9]*/stat /dev/null 2>/dev/null | awk '{
      split($0, part, "/"); pid = part[3]
      if (sub(/.*\) /, "")) { split($0, f, " "); row[pid] = pid " " f[2] " " f[3] " " f[4] " " f[20] " " f[1] }
    } END { for (p in row) print row[p] }'
  else
    ps -A -o pid= -o ppid= -o pgid= -o stat= -o lstart= 2>/dev/null |
      awk '{ print $1, $2, $3, 0, $5 "_" $6 "_" $7 "_" $8 "_" $9, $4 }'
  fi
}

# One line "mark PID" per process that carries the run's id. The text that is looked for is put
# together inside, or the search would find itself.
marks() {
  if [ -r /proc/self/environ ] && [ "${SIGNALBOX_GUARD_TABLE:-proc}" = proc ]; then
    grep -lF "SIGNALBOX_RUN=$run" /proc/[0-9]*/environ /dev/null 2>/dev/null |
      awk -F/ '{ print "mark", $3 }'
  else
    { ps -A -E -ww -o pid= -o command= || ps axeww -o pid= -o command=; } 2>/dev/null |
      awk -v run="$run" 'index($0, " SIGNALBOX_" "RUN=" run) { print "mark", $1 }'
  fi
}

roots() {
  for child in "$record"/children/*; do
    [ -f "$child" ] && sed 's/^/root /' "$child" 2>/dev/null
  done
}

# The numbers of all live processes of the run: the marked, the recorded children that are still the
# same process, who is in a session or group of theirs, and all descendants.
victims() {
  { table; marks; roots; } | awk -v me=$$ -v server="$server" \
    -v server_group="$server_group" -v server_session="$server_session" '
    $1 == "mark" { marked[$2]; next }
    $1 == "root" { root[$2] = $3; next }
    $6 ~ /^[ZX]/ { next }
    { parent[$1] = $2; group[$1] = $3; session[$1] = $4; start[$1] = $5 }
    END {
      for (p in marked) if (p in parent) ours[p]
      for (r in root) {
        if (r in parent) { if (start[r] == root[r]) ours[r] }
        else for (p in parent) if (session[p] == r || group[p] == r) ours[p]
      }
      do {
        for (p in ours) { sessions[session[p]]; groups[group[p]] }
        delete sessions[0]; delete sessions[server_session]; delete sessions[session[me]]
        delete groups[0]; delete groups[server_group]; delete groups[group[me]]
        grown = 0
        for (p in parent) if (!(p in ours) &&
            ((parent[p] in ours) || (session[p] in sessions) || (group[p] in groups))) {
          ours[p]; grown = 1
        }
      } while (grown)
      for (p in ours) if (p + 0 > 1 && p != me && p != server) print p
    }'
}

# Ends all until none is seen in $1 looks, each a little later than the one before: a process that
# was just being started when the server died is not marked yet.
sweep() {
  quiet=0
  looks=0
  while [ "$quiet" -lt "$1" ] && [ "$looks" -lt 400 ]; do
    looks=$((looks + 1))
    found=$(victims)
    if [ -n "$found" ]; then
      # shellcheck disable=SC2086
      kill -KILL $found 2>/dev/null
      quiet=0
      pause 0.02
    else
      quiet=$((quiet + 1))
      case $quiet in
        "$1") ;;
        1) pause 0.05 ;;
        2) pause 0.15 ;;
        3) pause 0.3 ;;
        *) pause 0.5 ;;
      esac
    fi
  done
  [ "$quiet" -ge "$1" ]
}

pause() {
  sleep "$1" 2>/dev/null || sleep 1
}

main() {
  trap '' HUP INT QUIT TERM PIPE TSTP TTIN TTOU USR1 USR2
  cd / || exit 1
  echo ready
  exec >/dev/null 2>&1
  ended=
  while read -r line; do
    ended=$line
  done
  # After an orderly end one look is enough, and usually finds nothing.
  if [ "$ended" = done ]; then looks_needed=1; else looks_needed=6; fi
  if sweep "$looks_needed"; then
    rm -f "$record"/children/* "$record/run" "$record/guard.sh"
    rmdir "$record/children" "$record"
  fi
  exit 0
}

main

#!/bin/sh
# Runs a training program, and ends it with everything it started when standard input closes:
# whoever holds the other end has then been killed, and nobody else would.
#
#     sh training-host.sh PROGRAM [PARAMETER …]      as leader of a process group of its own
exec 3<&0 </dev/null
(
  exec >/dev/null 2>&1
  cat <&3
  kill -KILL -$$
) &
exec 3<&-
exec "$@"

# TigerVNC's X server: it listens at one address only, so there is one process for each.
. "$(dirname "$0")/../lab_common.sh"

display=0
while read -r address port; do
  display=$((display + 1))
  # The black list would shut the scanner out after a few connections that do not log in.
  Xvnc ":$display" -interface "$address" -rfbport "$port" -SecurityTypes None -geometry 64x48 -depth 24 -nolock \
    -nolisten unix -nolisten tcp -BlacklistThreshold 1000000 -BlacklistTimeout 0 -AlwaysShared -desktop lab &
done < <(lab_listeners vnc)
wait

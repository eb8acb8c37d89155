-- diod: 9P.
return {
  title = "diod", package = "diod", tier = 2,
  start = [[exec diod -f -n -l 0.0.0.0:564 -e "$run" -L stderr -c /dev/null]],
  serves = { { service = "ninep", port = 564, handshake = false, ways = {} } },
}

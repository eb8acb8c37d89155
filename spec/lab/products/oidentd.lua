-- oidentd.
return {
  title = "oidentd", package = "oidentd", tier = 1,
  start = [[exec oidentd --foreground --user=nobody --group=nogroup --nosyslog --port=113]],
  serves = { { service = "ident", port = 113, ways = {}, fields = { error = "NO-USER" } } },
}

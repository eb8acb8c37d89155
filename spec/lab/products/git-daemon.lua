-- git's daemon with nothing to give.
return {
  title = "git daemon", package = "git", tier = 1,
  start = [[
mkdir base
exec git daemon --base-path="$run/base" --port=9418 --informative-errors --reuseaddr
]],
  serves = { { service = "git", port = 9418, ways = {}, fields = { error = { "no such repository" } } } },
}

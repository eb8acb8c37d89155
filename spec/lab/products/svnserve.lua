-- Subversion's own server with an empty repository.
return {
  title = "Subversion svnserve", package = "subversion", tier = 1,
  start = [[
svnadmin create repository
exec svnserve -d --foreground -r "$run" --listen-port 3690
]],
  serves = { {
    service = "svn", port = 3690, ways = { "wait", "http", "tls", "newlines" }, fields = { version_max = 2 },
  } },
}

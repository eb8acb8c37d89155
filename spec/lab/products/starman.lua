-- Starman: a Perl application over HTTP.
return {
  title = "Starman", package = "starman", tier = 2,
  start = [[
cat > lab.psgi <<'PERL'
sub { [200, ["Content-Type", "text/html"], ["<!doctype html><title>Sonde lab</title>"] ] };
PERL
exec starman --listen 0.0.0.0:80 --workers 2 lab.psgi
]],
  serves = { {
    service = "http", port = 80, ways = { "http", "newlines" }, fields = { status = 200, title = "Sonde lab" },
  } },
}

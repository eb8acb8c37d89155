-- Puma: a Ruby application over HTTP.
return {
  title = "Puma", package = "puma", tier = 2,
  start = [[
cat > config.ru <<'RUBY'
run lambda { |environment| [200, { "content-type" => "text/html" }, ["<!doctype html><title>Sonde lab</title>"] ] }
RUBY
exec puma --bind tcp://0.0.0.0:80 --environment production
]],
  serves = { {
    service = "http", port = 80, ways = { "http", "tls", "newlines" }, fields = { status = 200, title = "Sonde lab" },
  } },
}

-- uWSGI: a Python application over HTTP. (Its FastCGI leaves a question for values unanswered.)
return {
  title = "uWSGI", package = "uwsgi-core", packages = { "uwsgi-plugin-python3" }, tier = 2,
  start = [[
cat > lab.py <<'PYTHON'
def application(environment, start):
    start("200 OK", [("Content-Type", "text/html")])
    return [b"<!doctype html><title>Sonde lab</title>"]
PYTHON
exec uwsgi-core --plugin python3 --http-socket :80 --wsgi-file lab.py --master
]],
  serves = { {
    service = "http", port = 80, ways = { "http", "newlines" }, fields = { status = 200, title = "Sonde lab" },
  } },
}

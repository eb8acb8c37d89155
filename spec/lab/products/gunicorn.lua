-- Gunicorn: a Python application over HTTP.
return {
  title = "Gunicorn", package = "gunicorn", tier = 2,
  start = [[
cat > lab.py <<'PYTHON'
def application(environment, start):
    start("200 OK", [("Content-Type", "text/html")])
    return [b"<!doctype html><title>Sonde lab</title>"]
PYTHON
exec gunicorn --bind 0.0.0.0:80 --worker-tmp-dir "$run" lab:application
]],
  serves = { {
    service = "http", port = 80, ways = { "http", "newlines" },
    fields = { server = "gunicorn", title = "Sonde lab" },
  } },
}

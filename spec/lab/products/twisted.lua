-- Twisted: its own servers of many protocols, in one process.
return {
  title = "Twisted", package = "python3-twisted", tier = 2,
  start = [[
mkdir -p site keys mail
echo '<!doctype html><title>Sonde lab</title>' > site/index.html
ssh-keygen -q -t rsa -b 2048 -m PEM -N "" -f keys/ssh_host_rsa_key
cat > services <<CONF
web --listen tcp:80 --path $run/site
ftp --port 21 --root $run/site
conch --port tcp:22 --data $run/keys --moduli $run/keys --auth memory:lab:lab
mail --smtp tcp:25 --pop3 tcp:110 --maildirdbmdomain lab.example=$run/mail
CONF
cat > lab.py <<'PYTHON'
from twisted.application.service import IServiceMaker
from twisted.internet import reactor
from twisted.plugin import getPlugins

makers = {maker.tapname: maker for maker in getPlugins(IServiceMaker)}
for line in open("services"):
    name, *words = line.split()
    options = makers[name].options()
    options.parseOptions(words)
    service = makers[name].makeService(options)
    service.privilegedStartService()
    service.startService()
reactor.run()
PYTHON
exec python3 lab.py
]],
  serves = {
    {
      service = "http", port = 80, ways = { "http", "newlines" },
      fields = { server = "TwistedWeb/$upstream", title = "Sonde lab" },
    },
    {
      service = "ftp", port = 21, ways = { "wait", "http", "tls", "newlines" },
      fields = { code = 220, banner = { "Twisted $upstream FTP Server" } },
    },
    {
      service = "ssh", port = 22, ways = { "wait", "http", "tls", "newlines" },
      fields = {
        software = { "Twisted" }, host_key_type = "ssh-rsa", host_key_proven = true,
        host_key_fingerprint = "$(ssh-keygen -l -f keys/ssh_host_rsa_key.pub | cut -d' ' -f2)",
      },
    },
    {
      service = "smtp", port = 25, ways = { "wait", "http", "tls", "newlines" },
      fields = { code = 220, banner = { "twisted.lab.example" }, ehlo_code = 500 },
    },
    { service = "pop3", port = 110, ways = { "wait", "http", "tls", "newlines" }, fields = { ready = true } },
  },
}

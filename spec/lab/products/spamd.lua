-- SpamAssassin's daemon, without rules to speak of.
return {
  title = "SpamAssassin", package = "spamd", tier = 2,
  start = [[
mkdir -p rules
echo 'loadplugin Mail::SpamAssassin::Plugin::Check' > rules/lab.pre
printf 'header LAB Subject =~ /lab/\nscore LAB 1\n' > rules/lab.cf
exec spamd -i 0.0.0.0 -p 783 -A 0.0.0.0/0 --configpath="$run/rules" --siteconfigpath="$run/rules" -x -L -m 2 --min-children=1 \
  -r "$run/pid" -s stderr
]],
  serves = { { service = "spamd", port = 783, handshake = false, ways = { "http", "tls", "newlines" } } },
}

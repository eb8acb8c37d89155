-- Erlang's SSH daemon.
return {
  title = "Erlang SSH", package = "erlang-ssh", tier = 2,
  start = [[
mkdir keys
ssh-keygen -q -t rsa -b 2048 -m PEM -N "" -f keys/ssh_host_rsa_key
exec erl -noinput -eval '{ok, _} = application:ensure_all_started(ssh),
  {ok, _} = ssh:daemon(22, [{system_dir, "keys"}, {user_dir, "keys"}, {auth_methods, "publickey"}]).'
]],
  serves = { {
    service = "ssh", port = 22, ways = { "wait", "http", "tls", "newlines" },
    fields = {
      software = { "Erlang/" }, host_key_type = "ssh-rsa", host_key_proven = true,
      host_key_fingerprint = "$(ssh-keygen -l -f keys/ssh_host_rsa_key.pub | cut -d' ' -f2)",
    },
  } },
}

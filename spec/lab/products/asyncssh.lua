-- AsyncSSH: SSH in Python.
return {
  title = "AsyncSSH", package = "python3-asyncssh", tier = 2,
  start = [[
ssh-keygen -q -t ed25519 -N "" -f host_key
cat > lab.py <<'PYTHON'
import asyncio, asyncssh

async def main():
    server = await asyncssh.listen("0.0.0.0", 22, server_host_keys=["host_key"], process_factory=lambda process: None)
    await server.wait_closed()

asyncio.run(main())
PYTHON
exec python3 lab.py
]],
  serves = { {
    service = "ssh", port = 22, ways = { "wait", "http", "tls", "newlines" },
    fields = {
      software = "AsyncSSH_$upstream", host_key_type = "ssh-ed25519", host_key_proven = true,
      host_key_fingerprint = "$(ssh-keygen -l -f host_key.pub | cut -d' ' -f2)",
    },
  } },
}

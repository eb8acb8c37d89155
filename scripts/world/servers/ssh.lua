-- An SSH server (RFC 4253): identification line at once, then its key exchange proposal, or a complaint.

local wire = require "sonde.wire"

local SOFTWARE = {
  { "OpenSSH_9.6p1 Ubuntu-3ubuntu13", weight = 6 }, { "OpenSSH_8.9p1 Ubuntu-3ubuntu0", weight = 10 },
  { "OpenSSH_8.2p1 Ubuntu-4ubuntu0", weight = 9 }, { "OpenSSH_7.6p1 Ubuntu-4ubuntu0", weight = 5 },
  { "OpenSSH_9.2p1 Debian-2+deb12u", weight = 8 }, { "OpenSSH_8.4p1 Debian-5+deb11u", weight = 7 },
  { "OpenSSH_7.9p1 Debian-10+deb10u", weight = 5 }, { "OpenSSH_7.4", weight = 14 }, { "OpenSSH_8.0", weight = 8 },
  { "OpenSSH_8.7", weight = 4 }, { "OpenSSH_9.3", weight = 2 }, { "OpenSSH_for_Windows_8.1", weight = 1 },
  { "OpenSSH_6.6.1p1 Ubuntu-2ubuntu2", weight = 2 }, { "OpenSSH_5.3", weight = 3 },
  { "OpenSSH_9.6 FreeBSD-20240318", weight = 1 },
  { "dropbear_2022.83", weight = 4 }, { "dropbear_2019.78", weight = 4 }, { "dropbear_2012.55", weight = 3 },
  { "dropbear_0.52", weight = 3 }, { "dropbear", weight = 2 }, { "Cisco-1.25", weight = 3 }, { "ROSSSH", weight = 4 },
  { "HUAWEI-1.5", weight = 1 }, { "libssh_0.9.6", weight = 1 }, { "Go", weight = 1 }, { "AsyncSSH_2.13.2", weight = 1 },
}

local KEX = "curve25519-sha256,ecdh-sha2-nistp256,diffie-hellman-group14-sha256"
local OLD_KEX = "diffie-hellman-group14-sha1,diffie-hellman-group1-sha1"
local CIPHERS = "aes128-ctr,aes256-ctr,chacha20-poly1305@openssh.com"
local MACS = "hmac-sha2-256,hmac-sha2-512,hmac-sha1"

-- SSH_MSG_KEXINIT in a binary packet (sections 6 and 7.1).
local function key_exchange(conn, software)
  local old = software:match "^dropbear_[02]%.?[05]" or software == "Cisco-1.25"
  local payload = wire.pack(">B c16 s4 s4 s4 s4 s4 s4 s4 s4 s4 s4 B I4", 20, conn:random(16), old and OLD_KEX or KEX,
    old and "ssh-rsa" or "rsa-sha2-512,ssh-ed25519", CIPHERS, CIPHERS, MACS, MACS, "none", "none", "", "", 0, 0)
  local padding = 8 - (#payload + 5) % 8
  if padding < 4 then padding = padding + 8 end
  return wire.pack(">I4 B", #payload + padding + 1, padding) .. payload .. conn:random(padding)
end

-- "deb12u" and the like want a number behind them.
local function identification(host)
  local software = host:choose("software", SOFTWARE)
  if software:find "[%a%d]ubuntu0$" or software:find "ubuntu13$" then
    software = software .. "." .. host:number("patch", 1, 13)
  elseif software:find "%+deb1%du$" then
    software = software .. host:number("patch", 1, 7)
  end
  local version = software == "Cisco-1.25" and host:chance("old_version", 0.5) and "1.99" or "2.0"
  return "SSH-" .. version .. "-" .. software, software
end

local function serve(conn, host)
  if host:chance("full", 0) then
    conn:send "Exceeded MaxStartups\r\n"
    return
  end
  local banner, software = identification(host)
  conn:send(banner, "\r\n")
  local line = conn:receive_line(255)
  if not line:match "^SSH%-" then
    if software:match "^OpenSSH_[89]" then
      conn:send "Invalid SSH identification string.\r\n"
    elseif software:match "^OpenSSH" then
      conn:send "Protocol mismatch.\n"
    end
    return
  end
  conn:send(key_exchange(conn, software))
  conn:receive(16)
  conn:receive_some()
end

-- Chances a world may set.
local OPTIONS = {
  full = "share that has too many connections to take another",
  old_version = "share of the Cisco ones that say 1.99",
}

return { serve = serve, options = OPTIONS }

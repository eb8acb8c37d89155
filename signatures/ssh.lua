-- SSH: the identification line (RFC 4253 section 4.2), lines before it, or a key exchange that came without it.
local identification = "SSH-" * field("protocol", digit * "." * digits) * "-" * -P "Sonde"
  * (field("software", (1 - S "\r\n\0") ^ 1) + #S "\r\n")
local before = ((-P "SSH-" * line * crlf) ^ 1)
local kexinit = #P "\0\0" * be(4, 64, 35000) * P(1) * "\20" * P(16) * be(4, 8, 8192)
  * (P "diffie-hellman-" + "curve25519-" + "ecdh-sha2-" + "sntrup" + "mlkem" + "kex")

return {
  protocol = "ssh", reference = "RFC 4253", ports = { 22, 2222 }, handshakes = {},
  starts = { "SSH-", "\0\0", R("\32\126", "\8\13", "\27\27", "\128\254") },
  pattern = describe(Ct(identification), "software") + Ct(kexinit) + "Invalid SSH identification string." * crlf,
  maybe = P "Exceeded MaxStartups\r\n" + "Protocol mismatch." * crlf * eos + "Not allowed at this time\r\n"
    + describe(Ct(before * identification), "software"),
  -- what servers, wrappers and firewalls say on this port in place of an identification
  weak = -P "SSH-" * (text + R "\128\254") ^ 4 * eos,
  examples = {
    ["SSH-2.0-OpenSSH_9.6p1 Ubuntu-3\r\n"] = {
      version = "9.6p1", software = "OpenSSH_9.6p1 Ubuntu-3", product = "OpenSSH", os = "Ubuntu", vendor = "openbsd",
      cpe = "openbsd:openssh", protocol = "2.0",
    },
    ["SSH-2.0-\r\n"] = { protocol = "2.0" },
    ["SSH-2.0-lshd-2.99 lsh\r\n"] = { protocol = "2.0", software = "lshd-2.99 lsh", product = "lshd", version = "2.99" },
    ["Invalid SSH identification string.\r\n"] = true,
  },
  maybe_examples = {
    "Exceeded MaxStartups\r\n", "Protocol mismatch.\n", "Authorised use only.\r\nSSH-2.0-dropbear_2022.83\r\n",
    "Your address is blocked.\r\n", "\226\150\132 Hello\r\nSSH-2.0-dropbear_2022.83\r\n" },
  not_this = { "SSH-2.0-Sonde\r\n", "HTTP/1.1 400 Bad Request\r\n\r\nSSH-2.0-OpenSSH_9.6\r\n" },
}

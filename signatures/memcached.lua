-- memcached: text replies and binary responses (memcached doc/protocol.txt, doc/protocol-binary).
local binary = "\129" * R "\0\36" * P(2) * R "\0\20" * "\0" * ("\0" * R "\0\6" + "\0" * S "\32\129\130\131\132\133\134")
  * be(4, 0, 1048576)
  * P(12)
local version = "\129\11\0\0\0\0\0\0" * be(4, 3, 64) * P(12) * field("version", digits * "." * (digits + "." + R("az", "--")) ^ 1)
local number = digits * " "
local word = (P "RESET" + "MN" + "HD" + "EN" + "NF" + "NS" + "EX" + "STORED" + "NOT_STORED" + "EXISTS" + "NOT_FOUND" + "DELETED"
  + "TOUCHED" + "BUSY" + "BADCLASS") * "\r\n"

return {
  protocol = "memcached", reference = "memcached doc/protocol.txt", ports = { 11211 },
  starts = { "VERSION ", "STAT ", "VALUE ", "ERROR", "CLIENT_ERROR ", "SERVER_ERROR ", "END\r\n",
    word, "\129" }, first = R "AZ" + "\129",
  pattern = Ct("VERSION " * field("version", digit * token) * "\r\n"
    + "STAT " * (1 - S "\r\n ") ^ 1 * " " * token * "\r\n" * (find { "STAT version " } * field("version", token)) ^ -1
    + "VALUE " * token * " " * number * digits * (" " * digits) ^ -1 * "\r\n"
    + (P "CLIENT_ERROR " + "SERVER_ERROR ") * field("error", printable ^ 1) * "\r\n"
    + P "ERROR\r\n" * (P "ERROR\r\n") ^ 1
    + "ERROR " * field("error", I "too many open connections") * "\r\n"
    + version + binary),
  maybe = (P "ERROR\r\n" + "END\r\n") * eos,
  weak = word * eos,
  examples = {
    ["VERSION 1.6.99\r\n"] = { version = "1.6.99" },
    ["STAT pid 17\r\nSTAT uptime 9\r\nSTAT version 1.6.99\r\n"] = { version = "1.6.99" },
    ["ERROR\r\nERROR\r\nERROR\r\n"] = {},
    ["CLIENT_ERROR bad command line format\r\n"] = { error = "bad command line format" },
    ["\129\11\0\0\0\0\0\0\0\0\0\6" .. ("\0"):rep(12) .. "1.6.99"] = { version = "1.6.99" },
    ["\129\0\0\0\0\0\0\129\0\0\0\15" .. ("\0"):rep(12) .. "Unknown command"] = {},
  },
  maybe_examples = { "ERROR\r\n", "RESET\r\n", "MN\r\n", "NOT_FOUND\r\n" },
  not_this = { "version\r\n", "stats\r\n", "\128\11\0\0\0\0\0\0\0\0\0\0" .. ("\0"):rep(12) },
}

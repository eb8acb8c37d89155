-- MySQL and MariaDB: the initial handshake or an error packet of the client/server protocol, and the X Protocol's hello.
local release = digits * ("." * digits * alnum ^ 0) ^ 0
local finer = Ct("5.5.5-" * field("version", release) * "-MariaDB" * set("product", "MariaDB")
  + field("version", release) * (#find { "mariadb" } * set("product", "MariaDB") + set("product", "MySQL"))
  + "X Protocol" * set("product", "MySQL"))
local handshake = fits_le(3, -1, 16, 512) * S "\0\1\2" * S "\9\10" * #alnum
  * field("server", (printable + R "\128\255") ^ 1) * "\0" * P(12)
local unnamed = fits_le(3, -1, 16, 512) * S "\0\1\2" * S "\9\10" * (printable + R "\128\255") ^ 0 * "\0" * P(12)
local refused = fits_le(3, -1, 5, 1024) * S "\0\1\2\3" * "\255" * le_number("code", 2, 1000, 29999)
  * ("#" * times(5, alnum)) ^ -1 * field("error", (1 - R "\0\31") ^ 3)

return {
  protocol = "mysql", reference = "MySQL Client/Server Protocol: HandshakeV10, ERR_Packet; X Protocol", ports = { 3306, 33060 },
  starts = { P(2) * "\0" * S "\0\1\2\3" * (S "\9\10\255" + eos), "\7\0\0" * R "\1\9" * "\0", "\5\0\0\0\11\8\5\26\0" },
  pattern = describe(Ct(handshake + refused + "\5\0\0\0\11\8\5\26\0" * set("server", "X Protocol")), "server", finer),
  -- a greeting without a version, and beginnings
  weak = unnamed + le(3, 16, 512) * "\0" * (eos + "\10" * digit * alnum ^ 0 * S ".-")
    + le(3, 5, 1024) * S "\0\1\2" * "\255" * P(2)
    + "\7\0\0" * R "\1\9" * "\0" * P(6),
  maybe_examples = { "\29\0\0\0\10\0\7\0\0\0saltsalt\0\255\247\8\2\0\255\129\21\0\0\0\0\0\0",
    "\74\0\0\0", "\74\0\0\0\0108.0.9", "\74\0\0\0\255\106\4Host", "\7\0\0\2\0\0\0\2\0\0\0" },
  examples = {
    ["\54\0\0\0\0108.0.99\0\7\0\0\0saltsalt\0\255\255\8\2\0\255\193" .. ("\0"):rep(13) .. "saltsaltsalt\0"] = {
      server = "8.0.99", version = "8.0.99", product = "MySQL", vendor = "oracle", cpe = "oracle:mysql",
    },
    ["\64\0\0\0\0105.5.5-10.99.1-MariaDB-1\0\7\0\0\0saltsalt\0\255\255\8\2\0\255\193" .. ("\0"):rep(22)] = {
      server = "5.5.5-10.99.1-MariaDB-1", version = "10.99.1", product = "MariaDB", vendor = "mariadb",
      cpe = "mariadb:mariadb",
    },
    ["\56\0\0\0\255\106\4Host '192.0.2.9' is not allowed to connect to this MySQL"] = {
      code = 1130, error = "Host '192.0.2.9' is not allowed to connect to this MySQL",
    },
    ["\24\0\0\0\255\41\35#28000Backend is away"] = { code = 9001, error = "Backend is away" },
    ["\29\0\0\0\255\16\4#08004Too many connections"] = { code = 1040, error = "Too many connections" },
    ["\5\0\0\0\11\8\5\26\0"] = { server = "X Protocol", product = "MySQL", vendor = "oracle", cpe = "oracle:mysql" },
  },
  not_this = { "\99\0\0\0\0108.0.99\0", "\23\0\0\0\255\16\0Too many connections" },
}

-- Microsoft SQL Server: the answer to PRELOGIN, or an error, in TDS (MS-TDS sections 2.2.3 and 2.2.6.5).
local option = R "\0\7" * be(2, 6, 4096) * be(2, 0, 256)
local version = be_number("major", 1, 7, 30) * be_number("minor", 1, 0, 255) * be_number("build", 2, 0, 65535)
local token = S "\170\171\173\227" * le(2, 4, 4096)

return {
  protocol = "mssql", reference = "MS-TDS", ports = { 1433, 1434 }, handshakes = { "mssql", "tds" },
  starts = { "\4\1", "\4\0", "\18\0", "\18\1" },
  -- a ServerHello in a packet of PRELOGIN (section 2.2.6.5)
  pattern = Ct("\18" * S "\0\1" * be(2, 12, 4096) * P(4) * "\22\3" * R "\0\4" * be(2, 4, 16640) * "\2\0"
    + "\4\1" * be(2, 12, 4096) * P(3) * S "\0\1" * (#P "\0" * option ^ 1 * "\255" * version ^ -1
    + token)) / function(fields)
    if fields.build then fields.version = fields.major .. "." .. fields.minor .. "." .. fields.build end
    fields.major, fields.minor, fields.build = nil, nil, nil
    return fields
  end,
  examples = {
    ["\18\0\16\0\0\0\0\0\22\3\3\15\160\2\0\0\73" .. ("r"):rep(73)] = {},   -- with more packets to come
    ["\18\1\0\90\0\0\0\0\22\3\3\0\77\2\0\0\73" .. ("r"):rep(73)] = {},
    ["\4\1\0\37\0\0\1\0\0\0\21\0\6\1\0\27\0\1\2\0\28\0\1\3\0\29\0\0\255\16\0\3\232\0\0\2\0"] = { version = "16.0.1000" },
  },
  weak = "\4\0" * be(2, 12, 32767) * P(4) * S "\170\171\173\227\229",
  maybe_examples = { "\4\0\0\48\0\0\1\0\170\40\0" .. ("x"):rep(37) },
  not_this = { "\18\1\0\37\0\0\1\0\0\0\21\0\6\1\0\27\0\1\255\16\0\3\232\0\0\2", "\4\1\0\0" },
}

-- Microsoft SQL Server: the answer to PRELOGIN, or an error, in TDS (MS-TDS sections 2.2.3 and 2.2.6.5).
local option = R "\0\7" * be(2, 6, 4096) * be(2, 0, 256)
local version = be_number("major", 1, 7, 30) * be_number("minor", 1, 0, 255) * be_number("build", 2, 0, 65535)
local token = S "\170\171\173\227" * le(2, 4, 4096)

return {
  protocol = "mssql", reference = "MS-TDS", ports = { 1433, 1434 }, handshakes = { "mssql", "tds" },
  starts = { "\4\1" },
  pattern = Ct("\4\1" * be(2, 12, 4096) * P(3) * S "\0\1" * (#P "\0" * option ^ 1 * "\255" * version ^ -1
    + token)) / function(fields)
    if fields.build then fields.version = fields.major .. "." .. fields.minor .. "." .. fields.build end
    fields.major, fields.minor, fields.build = nil, nil, nil
    return fields
  end,
  examples = {
    ["\4\1\0\37\0\0\1\0\0\0\21\0\6\1\0\27\0\1\2\0\28\0\1\3\0\29\0\0\255\16\0\3\232\0\0\2\0"] = { version = "16.0.1000" },
  },
  not_this = { "\18\1\0\37\0\0\1\0\0\0\21\0\6\1\0\27\0\1\255\16\0\3\232\0\0\2", "\4\1\0\0" },
}

-- MongoDB: replies of the wire protocol, and what its port says to HTTP (MongoDB Wire Protocol, OP_MSG and OP_REPLY).
local version = (find { "\2version\0" } * P(4) * field("version", digit * (digit + S ".-" + alpha) ^ 1)) ^ -1
-- flags, cursor, first, how many
local reply = P(4) * P(4) * "\1\0\0\0" * R "\0\15" * "\0\0\0" * P(8) * P(4) * le(4, 0, 65535) * le(4, 5, 16777216)
local says = P "It looks like you are trying to access MongoDB" + "You are trying to access MongoDB on the native driver port"
local compressed = P(4) * (P(4) - "\0\0\0\0") * "\220\7\0\0" * (P "\221\7" + "\1\0") * "\0\0" * le(4, 5, 48000000) * R "\0\3"
local message = P(4) * (P(4) - "\0\0\0\0") * "\221\7\0\0" * P(4) * "\0" * le(4, 5, 16777216)

return {
  protocol = "mongodb", reference = "MongoDB Wire Protocol", ports = { 27017, 27018 }, over = { "http" },
  starts = { P(12) * (P "\1\0\0\0" + S "\220\221" * "\7\0\0"), "HTTP/1.0 200 OK", says },
  pattern = Ct(le(4, 21, 48000000) * (reply + message + compressed) * version + says
    + "HTTP/1.0 200 OK" * (crlf * #(1 - S "\r\n") * line) ^ 0 * crlf * crlf * says),
  weak = le(4, 21, 48000000) * P(4) * (P(4) - "\0\0\0\0") * (P "\1\0\0\0" + "\221\7\0\0"),   -- the document comes later
  maybe_examples = { "\59\0\0\0\9\0\0\0\1\0\0\0\1\0\0\0" },
  examples = {
    ["\59\0\0\0\9\0\0\0\1\0\0\0\221\7\0\0\0\0\0\0\0\38\0\0\0\2version\0\7\0\0\0007.0.99\0\1ok\0\0\0\0\0\0\0\240\63\0"] = {
      version = "7.0.99",
    },
    ["\53\0\0\0\9\0\0\0\1\0\0\0\1\0\0\0\8" .. ("\0"):rep(15) .. "\1\0\0\0\17\0\0\0\1ok\0\0\0\0\0\0\0\240\63\0"] = {},
    ["\59\0\0\0\9\0\0\0\1\0\0\0\220\7\0\0\221\7\0\0\90\0\0\0\1" .. ("z"):rep(34)] = {},
    ["It looks like you are trying to access MongoDB over HTTP\r\n"] = {},
    ["HTTP/1.0 200 OK\r\nConnection: close\r\n\r\nIt looks like you are trying to access MongoDB over HTTP"] = {},
  },
  not_this = {
    "\59\0\0\0\9\0\0\0\1\0\0\0\1\0\0\0" .. ("\1"):rep(20) .. "\23\0\0\0\0",   -- flags that there are not
    "\59\0\0\0\9\0\0\0\0\0\0\0\221\7\0\0\0\0\0\0\0\38\0\0\0\16hello\0\1\0\0\0" },
}

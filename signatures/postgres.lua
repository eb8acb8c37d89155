-- PostgreSQL: ErrorResponse, Authentication and the answer to SSLRequest (PostgreSQL documentation, "Message Formats").
local text = (1 - R "\0\31") ^ 1
-- S is in the server's language, V (since 9.6) is not; where there is no V, a word in capitals or a code tells the form
local level = P "FATAL" + "ERROR" + "PANIC" + "WARNING" + "NOTICE" + "LOG" + "INFO" + "DEBUG"
local severity = "S" * text * "\0V" * field("severity", level) * "\0"
  + "S" * field("severity", R "AZ" ^ 3) * "\0" + "S" * field("severity", text) * "\0" * #("C" * times(5, alnum) * "\0M")
local details = ("C" * field("code", times(5, alnum)) * "\0") ^ -1
  * ("M" * field("message", (1 - P "\0") ^ 1) * "\0") ^ -1
local parameter = "S" * be(4, 6, 1024) * (1 - S "\0") ^ 1 * "\0"

return {
  protocol = "postgres", reference = "PostgreSQL Frontend/Backend Protocol 3", ports = { 5432 },
  handshakes = { "postgres", "postgres_ssl" },
  starts = { "E\0\0", "N\0\0", "EFATAL", "R\0\0\0", "SE\0\0", "NE\0\0", "N", "S", "v\0\0\0", S "123CDEGHIKRTZns" * "\0" },
  pattern = Ct((S "NS" ^ -1 * S "EN" * be(4, 12, 8192) * severity * details)
    + "v\0\0\0" * all_be(1, 4, 12, 255) * "\0" * S "\0\3" * "\0" * P(1) * be(4, 0, 16)   -- NegotiateProtocolVersion
    + "EFATAL:  " * field("message", line) * "\n"
    + "R" * ("\0\0\0\8" * be(4, 0, 12) * (eos + S "SRKE") + P "\0\0\0\12\0\0\0\5" * P(4)
      + "\0\0\0\8\0\0\0\0" * parameter + be(4, 10, 1024) * "\0\0\0\10" * field("mechanisms", R("AZ", "09", "\45\45") ^ 3))),
  -- the answer to SSLRequest; messages of a session that had begun before
  weak = S "NS" * eos + S "123CDEGHIKNRSTZns" * be(4, 4, 1048576),
  examples = {
    ["E\0\0\0\43SFATAL\0C28000\0Mno pg_hba.conf entry\0\0\0"] = {
      severity = "FATAL", code = "28000", message = "no pg_hba.conf entry",
    },
    ["E\0\0\0\34SFATALE\0VFATAL\0C28000\0Mnon qui\0\0"] = { severity = "FATAL", code = "28000", message = "non qui" },
    ["E\0\0\0\30S\208\161\208\145\208\158\208\153\0C53300\0Mbusy\0\0"] = {
      severity = "\208\161\208\145\208\158\208\153", code = "53300", message = "busy",
    },
    ["v\0\0\0\12\0\3\0\0\0\0\0\0"] = {},
    ["EFATAL:  unsupported frontend protocol\n\0"] = { message = "unsupported frontend protocol" },
    ["R\0\0\0\8\0\0\0\3"] = true,
    ["R\0\0\0\23\0\0\0\10SCRAM-SHA-256\0\0"] = { mechanisms = "SCRAM-SHA-256" },
  },
  maybe_examples = { "N", "S", "Z\0\0\0\5I" },
  not_this = { "\0\0\0\8\4\210\22\47", "ERROR\r\n", "SSH-2.0-x" },
}

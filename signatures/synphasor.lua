-- Synchrophasors: configuration and data frames of a measurement unit (IEEE C37.118.2 section 6).
local head = "\170" * S "\33\34\49\50\81\82" * be(2, 54, 65535) * be_number("id", 2, 1, 65534) * P(8)
local configuration = P(4) * be(2, 1, 512) * field("station", times(16, R "\32\126"))
local data = "\170" * S "\1\2\17\18" * all_be(2, 4, 18, 4096) * P(10)

return {
  protocol = "synphasor", reference = "IEEE C37.118.2", ports = { 4712, 4713 },
  starts = { "\170" },
  pattern = Ct(head * configuration + data),
  examples = {
    ["\170\49\1\118\0\60\72\147\51\79\0\3\91\96\0\15\66\64\0\1Unit One        \0\61\0\7\0\3\0\0\0\1" .. ("\0"):rep(40)] = {
      id = 60, station = "Unit One        ",
    },
  },
  not_this = { "\170\65\0\18\0\60\72\147\51\79\0\0\0\0\0\5\1\2" },
}

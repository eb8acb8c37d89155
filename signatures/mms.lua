-- MMS and other OSI applications: a session ACCEPT after the transport header (ISO 8327, ISO 9506).
return {
  protocol = "mms", reference = "ISO 9506, ISO 8327", ports = { 102 },
  starts = { "\3\0" },
  pattern = "\3\0" * be(2, 20, 4096) * "\2\240\128\14" * R "\16\255" * R "\5\25",
  -- data of a session that had begun before: presentation's user data (ISO 8823)
  weak = "\3\0" * be(2, 12, 4096) * "\2\240\128\1\0\1\0\97" * der,
  maybe_examples = { "\3\0\0\32\2\240\128\1\0\1\0\97\19\48\17\2\1\3" },
  examples = { ["\3\0\0\40\2\240\128\14\32\5\6\19\1\0\22\1\2" .. ("\0"):rep(23)] = {} },
  not_this = { "\3\0\0\40\2\240\128\13\32\5\6\19\1\0\22\1\2" .. ("\0"):rep(23) },
}

-- Kerberos over TCP: AS-REP, TGS-REP and KRB-ERROR (RFC 4120 sections 5.4.2, 5.9.1 and 7.2.2).
local element = skip_be(1)
local realm = P(1) * "\27" * Cg(counted_be(1, printable), "realm")
local times_ = (S "\162\163\164\165" * element) ^ 0
local error = "\160\3\2\1\5\161\3\2\1\30" * times_ * "\166" * P(1) * "\2\1" * be_number("error", 1, 0, 255)
  * (S "\167\168" * element) ^ 0 * ("\169" * realm) ^ -1
local reply = "\160\3\2\1\5\161\3\2\1" * S "\11\13"

return {
  protocol = "kerberos", reference = "RFC 4120", ports = { 88, 464, 749 },
  starts = { P(4) * (S "\107\109\126" + eos), P(6) * "\0\1" * P(2) * S "\111\126" }, first = "\0",
  pattern = Ct(be(4, 16, 65535) * ("\126" * der * "0" * der * error + S "\107\109" * der * "0" * der * reply)),
  -- a reply of the password service (RFC 3244 section 2), and the length alone, as some send it first
  weak = be(4, 16, 65535) * (eos + P(2) * "\0\1" * P(2) * S "\111\126" * der * "0" + "\126" * der * "0"),
  maybe_examples = { "\0\0\2\64", "\0\0\0\98\0\98\0\1\0\80\111\78\48\76\160\3\2\1\5", "\0\0\0\62\126\60\48\58\160\3" },
  examples = {
    ["\0\0\0\62\126\60\48\58\160\3\2\1\5\161\3\2\1\30\164\17\24\01520240101000000Z\165\5\2\3\1\2\3\166\3\2\1\6"
      .. "\169\11\27\9TEST.ZONE"] = { error = 6, realm = "TEST.ZONE" },
    ["\0\0\0\20\107\18\48\16\160\3\2\1\5\161\3\2\1\11\163\4\27\2AB"] = {},
  },
  not_this = { "\0\0\0\20\106\18\48\16\161\3\2\1\5\162\3\2\1\10\163\4\27\2AB" },
}

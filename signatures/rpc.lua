-- ONC RPC over TCP: a reply after its record mark (RFC 5531 sections 9 and 11), as portmap and NFS send.
local accepted = "\0\0\0\0" * P(4) * (be(4, 0, 0) * "\0\0\0" * R "\0\5" + be(4, 1, 400) * P(8))   -- with a verifier
local denied = "\0\0\0\1\0\0\0" * S "\0\1"

return {
  protocol = "rpc", reference = "RFC 5531", ports = { 111, 2049 }, handshakes = { "rpc", "portmap", "nfs" },
  starts = { "\128" * P(7) * "\0\0\0\1", "\128" * P(3) * eos }, first = "\128",
  pattern = "\128" * be(3, 16, 65536) * P(4) * "\0\0\0\1" * (accepted + denied),
  weak = "\128" * be(3, 16, 65536) * eos,   -- the record mark alone
  maybe_examples = { "\128\0\0\24" },
  examples = {
    ["\128\0\0\24\1\2\3\4\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"] = {},
    ["\128\0\0\32\1\2\3\4\0\0\0\1\0\0\0\0\0\0\0\2\0\0\0\5short\0\0\0\0\0\0\0"] = {},
    ["\128\0\0\24\1\2\3\4\0\0\0\1\0\0\0\1\0\0\0\0\0\0\0\2\0\0\0\2"] = {},
  },
  not_this = { "\128\0\0\40\1\2\3\4\0\0\0\0\0\0\0\2\0\1\134\160" .. ("\0"):rep(24) },
}

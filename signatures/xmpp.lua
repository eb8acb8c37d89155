-- XMPP: a server's stream header or stream error (RFC 6120 section 4.7).
local declaration = (P "<?xml" * (1 - P ">") ^ -100 * ">" * S " \r\n\t" ^ 0) ^ -1
local quote = S "'\""
local from = I " from=" * quote * field("host", (1 - S "'\">") ^ 1)
local id = P " id=" * quote
local tag = 1 - P ">"

return {
  protocol = "xmpp", reference = "RFC 6120", ports = { 5222, 5223, 5269 }, over = { "http" },
  starts = { "<?xml", "<stream:", "</stream", "<proceed", "<failure", "<flash:stream", "<message", "<iq",
    "<presence", "<success", "<challenge",
    S " \r\n\t" ^ 1 * (P "<?xml" + "<stream:") }, first = "< \r\n\t",
  pattern = Ct(S " \r\n\t" ^ -4 * declaration * (
    (P "<stream:stream" + "<flash:stream") * #((tag - id) ^ 0 * id + (tag - " from=") ^ 0 * " from=" + (tag - " to=") ^ 0 * ">")
      * ((tag - " from=") ^ 0 * from) ^ -1
    + P "<stream:error" + "<stream:features" + "</stream:stream>"
    + (P "<proceed" + "<failure") * " xmlns=" * quote * "urn:ietf:params:xml:ns:xmpp-")),
  weak = (P "<message" + "<iq" + "<presence" + "<success" + "<challenge") * S " >/"
    + "<?xml version=" * (1 - S "<>") ^ 1 * ">" * eos,
  maybe_examples = { "<iq type='result' id='1'/>", "<?xml version='1.0'?>" },
  examples = {
    ["<?xml version='1.0'?><stream:stream from='chat.example' id='77' xmlns='jabber:client' version='1.0'>"] = {
      host = "chat.example",
    },
    -- what jabberd 2 makes of what is no XML
    ["<stream:stream xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>"] = {},
    ["\n<stream:error>"] = {}, ["<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"] = {}, ["</stream:stream>"] = {},
    ["<stream:error><not-well-formed xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"] = {},
  },
  not_this = {
    "<?xml version='1.0'?><stream:stream to='chat.example' xmlns='jabber:client' version='1.0'>", "<?xml version='1.0'?><a/>",
  },
}

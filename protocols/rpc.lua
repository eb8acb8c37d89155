-- ONC RPC over TCP (RFC 5531 section 9; RFC 1833, RFC 1813): calls the NULL procedure of portmap, or of NFS on its port.
local expect = require "sonde.expect"
local wire = require "sonde.wire"
local unpack = wire.unpack

local rpc = {
  name = "rpc", ports = { 111, 2049 }, first = "client", timeout = 5,
  fields = {
    program = "the program called (number)", accepted = "whether the call was taken (boolean)",
    status = "of the call, 0: success (number)", lowest = "version of the program, or of RPC (number)",
    highest = "version of it (number)", reason = "of a denial, 0: version of RPC, 1: authentication (number)",
    authentication = "what is wrong with it, 5: too weak (number)",
  },
}

local CALL, REPLY, RPC_VERSION, LAST_FRAGMENT, NULL, ANSWER_MAX = 0, 1, 2, 2 ^ 31, 0, 1024
local RPC_MISMATCH, AUTH_ERROR = 0, 1
local PORTMAP, PORTMAP_VERSION, NFS, NFS_VERSION, MISMATCH = 100000, 2, 100003, 3, 2

function rpc.handshake(conn, record)
  local id, nfs = conn:random(4), conn.port == 2049
  local program, version = nfs and NFS or PORTMAP, nfs and NFS_VERSION or PORTMAP_VERSION
  conn:send(wire.pack(">I4 c4 I4 I4 I4 I4 I4 x8 x8", LAST_FRAGMENT + 40, id, CALL, RPC_VERSION, program, version, NULL))
  local mark, echo = unpack(">I4 c4", conn:receive(8))
  local length = mark - LAST_FRAGMENT
  expect(echo == id and length >= 16 and length <= ANSWER_MAX, "no reply to our call")
  local reply = conn:receive(length - 4)
  local kind, denied, position = unpack(">I4 I4", reply)
  expect(kind == REPLY and denied <= 1, "no reply to our call")
  record.program, record.accepted = program, denied == 0
  if denied == 1 then
    local reason, what, other = unpack(">I4 I4", reply, position)
    record.reason = reason
    if reason == AUTH_ERROR then record.authentication = what end
    if reason == RPC_MISMATCH then record.lowest, record.highest = what, unpack(">I4", reply, other) end
    return
  end
  local verifier, start = unpack(">x4 I4", reply, position)
  local status, after = unpack(">I4", reply, start + verifier + -verifier % 4)   -- RFC 4506 section 4.10: it is filled up
  record.status = status
  if status == MISMATCH then record.lowest, record.highest = unpack(">I4 I4", reply, after) end
end

return rpc

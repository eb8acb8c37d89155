-- An ONC RPC server over TCP (RFC 5531 sections 8, 9 and 11): the NULL procedure of NFS (RFC 1813) or portmap (RFC 1833).
local wire = require "sonde.wire"

local OPTIONS = {
  program = "its number (100003, NFS)", lowest = "version of it (3)", highest = "version of it (4)",
  verifier = "the bytes of its verifier (none)",
  secure = "true: wants a credential", another = "true: speaks version 3 of RPC only, of which nobody knows yet",
}

local LAST_FRAGMENT, RECORD_MAX, OPAQUE_MAX = 2 ^ 31, 65536, 400
local CALL, REPLY, ACCEPTED, DENIED = 0, 1, 0, 1
local SUCCESS, NO_PROGRAM, PROGRAM_MISMATCH, NO_PROCEDURE, GARBAGE = 0, 1, 2, 3, 4
local RPC_MISMATCH, AUTH_ERROR = 0, 1
local BAD_CREDENTIAL, BAD_VERIFIER, TOO_WEAK = 1, 3, 5
local NONE, SYS, SHORT = 0, 1, 2                             -- flavours (section 8.2)
local SYS_LEAST, NULL = 20, 0                                -- appendix A: stamp, name, two numbers, how many more

-- A record of one or more fragments; nil where it grows beyond what anybody would send.
local function receive_record(conn)
  local parts, size = {}, 0
  repeat
    local mark = wire.unpack(">I4", conn:receive(4))
    local last, length = mark >= LAST_FRAGMENT, mark % LAST_FRAGMENT
    size = size + length
    if size > RECORD_MAX then return nil end
    parts[#parts + 1] = conn:receive(length)
  until last
  return table.concat(parts)
end

-- XDR's opaque of variable length: up to a multiple of four, with zeros (RFC 4506 section 4.10).
local function read_opaque(bytes, at)
  local length = wire.unpack(">I4", bytes, at)
  local padding = -length % 4
  if length > OPAQUE_MAX or at + 3 + length + padding > #bytes then return nil end
  if bytes:sub(at + 4 + length, at + 3 + length + padding):find "[^%z]" then return nil end
  return bytes:sub(at + 4, at + 3 + length), at + 4 + length + padding
end

local function opaque(value) return wire.pack(">s4", value) .. ("\0"):rep(-#value % 4) end

-- Status of an accepted call, and what follows it.
local function outcome(options, program, version, procedure, arguments)
  local lowest, highest = options.lowest or 3, options.highest or 4
  if program ~= (options.program or 100003) then return NO_PROGRAM, "" end
  if version < lowest or version > highest then return PROGRAM_MISMATCH, wire.pack(">I4 I4", lowest, highest) end
  if procedure ~= NULL then return NO_PROCEDURE, "" end
  return arguments == "" and SUCCESS or GARBAGE, ""
end

-- The reply to a call; nil to what is none.
local function answer(call, options)
  local id, kind, rpc_version, program, version, procedure, flavour, at = wire.unpack(">c4 I4 I4 I4 I4 I4 I4", call)
  if kind ~= CALL then return nil end
  local head = wire.pack(">c4 I4", id, REPLY)
  local own = options.another and 3 or 2
  if rpc_version ~= own then return head .. wire.pack(">I4 I4 I4 I4", DENIED, RPC_MISMATCH, own, own) end
  local credential, after = read_opaque(call, at)
  local sound = credential and (flavour == NONE and credential == "" or flavour == SYS and #credential >= SYS_LEAST)
  if not sound then
    return head .. wire.pack(">I4 I4 I4", DENIED, AUTH_ERROR, BAD_CREDENTIAL)
  end
  local verifier_flavour, verifier_at = wire.unpack(">I4", call, after)
  local verifier, finish = read_opaque(call, verifier_at)
  if verifier ~= "" or verifier_flavour ~= NONE then
    return head .. wire.pack(">I4 I4 I4", DENIED, AUTH_ERROR, BAD_VERIFIER)
  end
  if options.secure and flavour == NONE then return head .. wire.pack(">I4 I4 I4", DENIED, AUTH_ERROR, TOO_WEAK) end
  local status, more = outcome(options, program, version, procedure, call:sub(finish))
  return head .. wire.pack(">I4 I4", ACCEPTED, options.verifier and SHORT or NONE) .. opaque(options.verifier or "")
    .. wire.pack(">I4", status) .. more
end

local function serve(conn, host)
  while true do
    local call = receive_record(conn)
    local reply = call and answer(call, host.options)
    if not reply then return end
    conn:send(wire.pack(">I4", LAST_FRAGMENT + #reply), reply)
  end
end

return { serve = serve, options = OPTIONS }

-- The lab's judgement of what the kernel sent, on segments made here: it needs neither root nor a network.
local bit = require "bit"
local capture = require "spec.lab.lab_capture"

local FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
local SCANNER, SERVER = "\198\19\255\2", "\198\18\1\1"
local SCANNER_V6 = "\32\1\13\184\255\255" .. ("\0"):rep(9) .. "\2"
local SERVER_V6 = "\32\1\13\184\0\1" .. ("\0"):rep(9) .. "\16"

local function be(value, size)
  local bytes = {}
  for i = size, 1, -1 do
    bytes[i] = string.char(value % 256)
    value = math.floor(value / 256)
  end
  return table.concat(bytes)
end

local function le(value, size)
  return be(value, size):reverse()
end

local function tcp(one)
  return be(one.from, 2) .. be(one.to, 2) .. be(one.seq or 0, 4) .. be(one.ack or 0, 4)
    .. "\80" .. string.char(one.flags) .. be(one.window or 0, 2) .. "\0\0\0\0" .. (one.data or "")
end

local function frame(one, source, destination)
  local segment = tcp(one)
  if #source == 16 then
    return ("\0"):rep(12) .. be(0x86dd, 2)
      .. "\96\0\0\0" .. be(#segment, 2) .. "\6\64" .. source .. destination .. segment
  end
  return ("\0"):rep(12) .. be(0x0800, 2)
    .. "\69\0" .. be(20 + #segment, 2) .. "\0\0\0\0\64\6\0\0" .. source .. destination .. segment
end

-- A capture of segments; each is { ">" or "<", seq = , ack = , flags = , ... } between ports 61000 and 80.
local function captured(segments, scanner, server)
  scanner, server = scanner or SCANNER, server or SERVER
  local parts = { le(0xa1b2c3d4, 4) .. ("\0"):rep(20) }
  for i, one in ipairs(segments) do
    local out = one[1] == ">"
    one.from, one.to = out and 61000 or 80, out and 80 or 61000
    local bytes = frame(one, out and scanner or server, out and server or scanner)
    parts[#parts + 1] = le(i, 4) .. le(0, 4) .. le(#bytes, 4) .. le(#bytes, 4) .. bytes
  end
  local path = os.tmpname()
  local file = assert(io.open(path, "wb"))
  file:write(table.concat(parts))
  file:close()
  finally(function() os.remove(path) end)
  return capture.new(path, nil, { ["198.19.255.2"] = true, ["2001:db8:ffff::2"] = true })
end

local syn = { ">", seq = 1000, flags = SYN, window = 65535 }
local syn_ack = { "<", seq = 5000, ack = 1001, flags = bit.bor(SYN, ACK), window = 64240 }
local request = { ">", seq = 1001, ack = 5001, flags = bit.bor(PSH, ACK), window = 65535, data = "GET" }
local answer = { "<", seq = 5001, ack = 1004, flags = bit.bor(PSH, ACK), window = 64240, data = "HTTP" }
local reset = { ">", seq = 1004, flags = RST }
local kernel_reset = { ">", seq = 1001, flags = RST }

describe("the lab's capture", function()
  it("reads segments of both families", function()
    for _, family in ipairs { { SCANNER, SERVER, "198.18.1.1" }, { SCANNER_V6, SERVER_V6, "2001:db8:1::10" } } do
      local segments = captured({ syn, syn_ack, request }, family[1], family[2]):segments()
      assert.equal(3, #segments)
      assert.is_true(segments[1].syn and segments[1].outgoing and not segments[1].ack)
      assert.equal(family[3], segments[2].source)
      assert.equal(1001, segments[2].acknowledged)
      assert.is_false(segments[2].outgoing)
      assert.equal(3, segments[3].length)
    end
  end)

  it("knows a kernel's reset of a connection that only we know", function()
    assert.equal(1, #captured({ syn, syn_ack, kernel_reset }):kernel_resets())
    assert.equal(1, #captured({ syn, syn_ack, kernel_reset, request }):kernel_resets())
  end)

  it("knows a kernel's reset in the middle of a connection that goes on", function()
    local acknowledgement = { ">", seq = 1004, ack = 5005, flags = ACK, window = 65535 }
    assert.equal(1, #captured({ syn, syn_ack, request, answer, reset, acknowledgement }):kernel_resets())
  end)

  it("does not take the scanner's own resets for the kernel's", function()
    assert.equal(0, #captured({ syn, syn_ack, request, answer, reset }):kernel_resets())
    local finish = { ">", seq = 1004, ack = 5005, flags = bit.bor(FIN, ACK), window = 65535 }
    assert.equal(0, #captured({ syn, syn_ack, request, answer, finish, reset }):kernel_resets())
  end)

  it("does not take a server's refusal for the kernel's reset", function()
    assert.equal(0, #captured({ syn, { "<", ack = 1001, flags = bit.bor(RST, ACK) } }):kernel_resets())
  end)

  it("starts anew when the ports are used again", function()
    local again = { ">", seq = 9000, flags = SYN, window = 65535 }
    local answered = { "<", seq = 7000, ack = 9001, flags = bit.bor(SYN, ACK), window = 64240 }
    local confirmed = { ">", seq = 9001, ack = 7001, flags = ACK, window = 65535 }
    assert.equal(0, #captured({ syn, syn_ack, request, answer, reset, again, answered, confirmed }):kernel_resets())
  end)
end)

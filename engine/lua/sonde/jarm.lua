-- JARM: a server's TLS by its answers to ten ClientHellos. The format is Salesforce's (2020; their program is under the BSD
-- licence): which hellos, how answers are written down and how they are hashed. The code is our own.

local digest = require "sonde.digest"
local messages = require "sonde.tls_messages"
local extension = messages.extension

local jarm = {}

local NO_ANSWER = "|||"
local GROUPS = { 29, 23, 24, 25 }
local SIGNATURES = { 0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601, 0x0201 }
local CIPHERS = {
  0x0016, 0x0033, 0x0067, 0xC09E, 0xC0A2, 0x009E, 0x0039, 0x006B, 0xC09F, 0xC0A3, 0x009F, 0x0045, 0x00BE, 0x0088, 0x00C4,
  0x009A, 0xC008, 0xC009, 0xC023, 0xC0AC, 0xC0AE, 0xC02B, 0xC00A, 0xC024, 0xC0AD, 0xC0AF, 0xC02C, 0xC072, 0xC073, 0xCCA9,
  0x1302, 0x1301, 0xCC14, 0xC007, 0xC012, 0xC013, 0xC027, 0xC02F, 0xC014, 0xC028, 0xC030, 0xC060, 0xC061, 0xC076, 0xC077,
  0xCCA8, 0x1305, 0x1304, 0x1303, 0xCC13, 0xC011, 0x000A, 0x002F, 0x003C, 0xC09C, 0xC0A0, 0x009C, 0x0035, 0x003D, 0xC09D,
  0xC0A1, 0x009D, 0x0041, 0x00BA, 0x0084, 0x00C0, 0x0007, 0x0004, 0x0005,
}
local function is_of_1_3(cipher) return cipher >= 0x1301 and cipher <= 0x1305 end

-- Application protocols, the weakest first. (Where they are turned round, Salesforce's program leaves h2 after spdy/3. That makes
-- a difference to servers that know both only.)
local COMMON = { "http/0.9", "http/1.0", "http/1.1", "spdy/1", "spdy/2", "spdy/3", "h2", "h2c", "hq" }
local RARE = { "http/0.9", "http/1.0", "spdy/1", "spdy/2", "spdy/3", "h2c", "hq" }

-- The ten: version offered at most; order of the ciphers; whether protocols and versions are turned round; and, where they
-- differ, without = ciphers of TLS 1.3, grease, rare protocols, versions = listed in an extension.
local HELLOS = {
  { 0x303, "forward", true, versions = true }, { 0x303, "reverse", false, versions = true }, { 0x303, "top_half", false },
  { 0x303, "bottom_half", false, rare = true }, { 0x303, "middle_out", true, rare = true, grease = true },
  { 0x302, "forward", false }, { 0x304, "forward", true, versions = true }, { 0x304, "reverse", false, versions = true },
  { 0x304, "forward", false, versions = true, without = true }, { 0x304, "middle_out", true, versions = true, grease = true },
}
jarm.count = #HELLOS

-- --- what is sent -------------------------------------------------------------------------------------------------------

local order = {}

function order.forward(list) return list end

function order.reverse(list)
  local out = {}
  for i = #list, 1, -1 do out[#out + 1] = list[i] end
  return out
end

-- From the middle (which belongs to it) to the front.
function order.top_half(list)
  local out = {}
  for i = math.ceil(#list / 2), 1, -1 do out[#out + 1] = list[i] end
  return out
end

function order.bottom_half(list)
  local out = {}
  for i = math.ceil(#list / 2) + 1, #list do out[#out + 1] = list[i] end
  return out
end

-- From the middle outwards, the later half first.
function order.middle_out(list)
  local out, middle = {}, math.floor(#list / 2)
  local before, after = middle, middle + 1
  if #list % 2 == 1 then out[1], after = list[middle + 1], middle + 2 end
  for i = 0, middle - 1 do
    out[#out + 1] = list[after + i]
    out[#out + 1] = list[before - i]
  end
  return out
end

-- One of the values of RFC 8701.
local function grease(conn) return 0x0A0A + 0x1010 * (conn:random(1):byte() % 16) end

local function ciphers_of(conn, hello)
  local list = {}
  for _, cipher in ipairs(CIPHERS) do
    if not (hello.without and is_of_1_3(cipher)) then list[#list + 1] = cipher end
  end
  list = order[hello[2]](list)
  if hello.grease then
    list = { grease(conn), unpack(list) }
  end
  return list
end

local function protocols_of(hello)
  local names = hello.rare and RARE or COMMON
  return hello[3] and order.reverse(names) or names
end

local function versions_of(conn, hello)
  local list = {}
  for version = 0x301, hello[1] do list[#list + 1] = version end
  if hello[3] then list = order.reverse(list) end
  if hello.grease then table.insert(list, 1, grease(conn)) end
  return list
end

-- The ClientHello of this number (1 to jarm.count). Here an address is a name, too.
function jarm.hello(conn, number)
  local hello = HELLOS[number]
  local random, session, ciphers = conn:random(32), conn:random(32), ciphers_of(conn, hello)
  local list = {
    extension.server_name(conn.host), extension.extended_master_secret(), extension.max_fragment_length(1),
    extension.renegotiation_info(), extension.supported_groups(GROUPS), extension.point_formats(), extension.session_ticket(),
    extension.alpn(protocols_of(hello)), extension.signature_algorithms(SIGNATURES),
    extension.key_share(29, conn:random(32), hello.grease and grease(conn)), extension.psk_modes(),
  }
  if hello.versions then list[#list + 1] = extension.supported_versions(versions_of(conn, hello)) end
  if hello.grease then table.insert(list, 1, { grease(conn), "" }) end
  return messages.client_hello {
    version = math.min(hello[1], 0x303), record_version = hello[1] == 0x304 and 0x301 or hello[1], random = random,
    session = session, ciphers = ciphers, extensions = list,
  }
end

-- --- what comes ---------------------------------------------------------------------------------------------------------

-- A ServerHello as JARM writes it: cipher|version|application protocol|extensions; "|||" for anything else.
local function describe(hello, alert)
  if not hello or alert then return NO_ANSWER end
  local kinds = {}
  for i, each in ipairs(hello.extensions) do kinds[i] = ("%04x"):format(each[1]) end
  return ("%04x|%04x|%s|%s"):format(hello.cipher, hello.version, hello.alpn or "", table.concat(kinds, "-"))
end

-- Two digits, the cipher's place among all: by number, those of TLS 1.3 last; 46 for others.
local code_of = {}
do
  local list = {}
  for i, cipher in ipairs(CIPHERS) do list[i] = cipher end
  table.sort(list, function(a, b)
    if is_of_1_3(a) ~= is_of_1_3(b) then return is_of_1_3(b) end
    return a < b
  end)
  for i, cipher in ipairs(list) do code_of[("%04x"):format(cipher)] = ("%02x"):format(i) end
end
local OTHER = ("%02x"):format(#CIPHERS + 1)

-- A letter for the version's last digit.
local function letter_of(version)
  return ("abcdef"):sub(tonumber(version:sub(4, 4), 16) + 1):sub(1, 1)
end

-- The fingerprint of ten answers as the handshakes' fields have them, in the order of the hellos: 62 characters, all zero where
-- no answer was a ServerHello.
function jarm.fingerprint(answers)
  local codes, rest, seen = {}, {}, false
  for i = 1, jarm.count do
    local cipher, version, alpn, extensions = (answers[i] or NO_ANSWER):match "^(%x*)|(%x*)|([^|]*)|([^|]*)$"
    if not cipher or cipher == "" then
      codes[i], rest[i] = "000", ""
    else
      codes[i], rest[i], seen = (code_of[cipher] or OTHER) .. letter_of(version), alpn .. extensions, true
    end
  end
  if not seen then return ("0"):rep(62) end
  return table.concat(codes) .. digest.sha256(table.concat(rest)):sub(1, 32)
end

-- The handshake that sends one of the hellos: what a file of protocols/ returns.
function jarm.protocol(number)
  local name = ("jarm_%02d"):format(number)
  local function learner(read)
    return function(from, record)
      local seen = {}
      local _, _, hello = read(from, seen)
      record[name] = describe(hello, seen.alert_level)
    end
  end
  local receive = learner(messages.receive_answer)
  return {
    name = name, service = "tls", first = "client", timeout = 8, learn = learner(messages.read_answer),
    fields = { [name] = "the answer to this hello as JARM writes it: cipher|version|ALPN|extensions" },
    handshake = function(conn, record)
      conn:send(jarm.hello(conn, number))
      receive(conn, record)
    end,
  }
end

return jarm

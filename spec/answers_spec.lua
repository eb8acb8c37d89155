-- Scores the signatures against a corpus of servers' real first answers, where it is there: SONDE_ANSWERS, or next to the
-- project. Nothing of it is in the project but the counts below: how many records of each label must be named right.
local signature = require "sonde.signature"

local path = os.getenv "SONDE_ANSWERS" or "../shared/answers/answers.jsonl"

local FLOORS = {
  ads = 3, bgp = 7, cassandra = 1, dcerpc = 34, dnp3 = 37, dns = 39, drda = 1, fix = 1, ftp = 148, gearman = 1,
  giop = 1, gnutella = 3, h323 = 2, hl7 = 1, http = 452, imap = 20, irc = 2, kafka = 1, kerberos = 26, ldap = 12,
  mms = 3, modbus = 7, mqtt = 4, mssql = 1, munin = 2, mysql = 152, openvpn = 2, pjl = 14, pop3 = 37, postgres = 6,
  pptp = 1, rdp = 5, redis = 11, rmi = 1, rpc = 4, rsync = 1, rtsp = 16, siemens = 12, sip = 49, skinny = 1,
  smb = 50, smtp = 123, socks4 = 3, socks5 = 3, ssh = 75, synphasor = 3, telnet = 98, tls = 170, whois = 1, x11 = 15,
  xmpp = 2, zabbix = 7,
}

-- Of the labels that LZR can name, of all, the mean over labels, and the most that may be named wrong.
local LZR = "amqp bgp dnp3 dns fox ftp http imap ipmi ipp kubernetes memcached modbus mongodb mqtt mssql mysql oracle pop3 "
  .. "postgres pptp rdp redis rtsp siemens smb smtp ssh telnet tls vnc "
local SUPPORTED_MIN, ALL_MIN, MACRO_MIN, WRONG_MAX = 0.97, 0.95, 0.90, 0.005

-- The records that the default view scores: one a flow, its first segment.
local function records()
  local file = io.open(path, "rb")
  if not file then return nil end
  local json = assert(package.loadlib(os.getenv "SONDE_CORE" or "build/release/sonde_core.so", "lua_json_open"))()
  local decode, list = require "cjson".decode, {}
  for line in file:lines() do
    local record = decode(line)
    if record.part ~= "stream" then
      record.bytes = assert(json.unbase64(record.data_base64))
      list[#list + 1] = record
    end
  end
  file:close()
  return list
end

local function is_right(record, service)
  if service == record.label then return true end
  for _, other in ipairs(record.also or {}) do
    if service == other then return true end
  end
  return false
end

local function score(list)
  local set = require "spec.support.signatures".set
  local labels, wrong = {}, {}
  for _, record in ipairs(list) do
    local label = labels[record.label] or { count = 0, right = 0, missed = {} }
    labels[record.label] = label
    label.count = label.count + 1
    local found = signature.identify(set, record.bytes, { handshake = record.handshake, port = record.port })
    if is_right(record, found.service) then
      label.right = label.right + 1
    else
      label.missed[#label.missed + 1] = record.id
      local partly = false
      for _, service in ipairs(found.services) do partly = partly or is_right(record, service) end
      if found.service and not partly then wrong[#wrong + 1] = record.id .. " is " .. found.service end
    end
  end
  return labels, wrong
end

describe("the answers of real servers", function()
  local list = records()
  if not list then
    pending("are not here: no corpus at " .. path)
    return
  end
  local labels, wrong = score(list)

  local function share(wanted)
    local count, right = 0, 0
    for name, label in pairs(labels) do
      if wanted(name) then count, right = count + label.count, right + label.right end
    end
    return right / count
  end

  it("lose none that were named before, label by label", function()
    local lost = {}
    for name, floor in pairs(FLOORS) do
      local label = labels[name]
      if label and label.right < floor then
        lost[#lost + 1] = ("%s: %d right, %d before; missed %s"):format(name, label.right, floor, table.concat(label.missed, " "))
      end
    end
    assert.same({}, lost)
  end)

  it("are named right as often as Sonde means to", function()
    local sum, kinds = 0, 0
    for _, label in pairs(labels) do sum, kinds = sum + label.right / label.count, kinds + 1 end
    assert.is_true(share(function(name) return (" " .. LZR):find(" " .. name .. " ", 1, true) ~= nil end) >= SUPPORTED_MIN)
    assert.is_true(share(function() return true end) >= ALL_MIN)
    assert.is_true(sum / kinds >= MACRO_MIN)
  end)

  it("are hardly ever named wrong", function()
    assert.is_true(#wrong <= WRONG_MAX * #list, table.concat(wrong, "\n"))
  end)
end)

local lpeg = require "lpeg"
local signature = require "sonde.signature"
local peer = require "spec.support.peer"
local protocol = require "sonde.protocol"
local support = require "spec.support.signatures"

local set = support.set

local function named(bytes, hints) return signature.identify(set, bytes, hints) end

local function shown(bytes) return ("%q"):format(#bytes > 70 and bytes:sub(1, 70) .. "..." or bytes) end

-- The fields that each protocol's handshake declares: what a signature calls the same is of the same type.
local declared = {}
for _, each in ipairs(set.all) do
  local file = io.open("protocols/" .. each.protocol .. ".lua")
  if file then
    file:close()
    declared[each.protocol] = peer.load(each.protocol).fields
  end
end

-- The first of its own handshakes, or none.
local function own(each) return (next(each.handshakes)) end

local function first_port(each) return each.given.ports and each.given.ports[1] end

describe("every signature", function()
  for _, each in ipairs(set.all) do
    local given = each.given

    it(each.name .. " says where its form is from and shows what it matches", function()
      assert.is_string(given.reference)
      assert.truthy(next(given.examples or given.maybe_examples or given.unasked_examples or {}))
      assert.truthy(given.not_this and given.not_this[1])
      if given.maybe or given.weak then assert.truthy(given.maybe_examples and given.maybe_examples[1]) end
      if given.unasked then assert.truthy(given.unasked_examples and given.unasked_examples[1]) end
    end)

    it(each.name .. " names its examples, with exactly their fields, whatever was asked", function()
      for bytes, fields in pairs(given.examples or {}) do
        for _, hints in ipairs { {}, { port = 4711, handshake = "http" }, { port = 22, handshake = "wait" } } do
          local found = named(bytes, hints)
          assert.equal(each.protocol, found.service, shown(bytes))
          if fields ~= true then assert.same(fields, found.fields, shown(bytes)) end
          for name, value in pairs(found.fields) do
            local description = declared[each.protocol] and declared[each.protocol][name]
            local kind = type(value) == "table" and "list of strings" or type(value)
            if description then assert.equal(protocol.type(description), kind, each.name .. ": " .. name) end
          end
        end
      end
    end)

    it(each.name .. " shares no example with a file that it does not overrule", function()
      for bytes in pairs(given.examples or {}) do
        for _, other in ipairs(named(bytes).services) do
          assert.truthy(other == each.protocol or each.over[other], shown(bytes) .. " is also " .. other)
        end
      end
    end)

    it(each.name .. " is chosen by port and by handshake where others fit too", function()
      for _, bytes in ipairs(given.maybe_examples or {}) do
        if first_port(each) then
          assert.equal(each.protocol, named(bytes, { port = first_port(each) }).service, shown(bytes))
        end
        if own(each) then assert.equal(each.protocol, named(bytes, { handshake = each.protocol }).service, shown(bytes)) end
      end
    end)

    it(each.name .. " keeps off what only looks alike", function()
      for _, bytes in ipairs(given.not_this or {}) do
        for _, service in ipairs(named(bytes).services) do assert.not_equal(each.protocol, service, shown(bytes)) end
      end
    end)

    it(each.name .. " does not take its own handshake's bytes for an answer", function()
      for _, bytes in ipairs(given.unasked_examples or {}) do
        assert.equal(each.protocol, named(bytes, { handshake = "wait" }).service, shown(bytes))
        assert.is_nil(named(bytes, { handshake = each.protocol }).service, shown(bytes))
        assert.same({ services = { each.protocol }, fields = {} }, named(bytes), shown(bytes))
      end
    end)

    it(each.name .. " looks for its answers where its guard lets them through", function()
      local alone
      for _, source in ipairs(support.sources) do
        if source.name == each.name then alone = { name = source.name, text = source.text:gsub("over = %b{},?", "") } end
      end
      local unguarded = assert(signature.compile { alone })
      unguarded.all[1].guard, unguarded.all[1].first = lpeg.P(true), nil
      for bytes in pairs(given.examples or {}) do
        assert.equal(each.protocol, signature.identify(unguarded, bytes).service, shown(bytes))
      end
    end)
  end
end)

-- What the beginning of an answer may be taken for, until the rest of it is there.
local BEGINNINGS = { ipp = "http", kubernetes = "http", mongodb = "http", clickhouse = "http", lmtp = "smtp", ident = "telnet",
  finger = "telnet", torcontrol = "smtp" }

describe("a cut answer", function()
  it("names its own service, nothing, or what its beginning is as well", function()
    for _, each in ipairs(set.all) do
      for bytes in pairs(each.given.examples or {}) do
        for length = 1, #bytes do
          local service = named(bytes:sub(1, length)).service
          assert.truthy(service == nil or service == each.protocol or service == BEGINNINGS[each.protocol],
            shown(bytes:sub(1, length)) .. " is " .. tostring(service))
        end
      end
    end
  end)
end)

-- What handshakes in which the client speaks first send. (Telnet's and SSH's wait for the server.)
local SENT = {
  get = "GET / HTTP/1.1\r\nHost: 192.0.2.1\r\nUser-Agent: Mozilla/5.0\r\nAccept: */*\r\n\r\n",
  get10 = "GET / HTTP/1.0\r\n\r\n", options = "OPTIONS / HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n",
  post_ipp = "POST /ipp HTTP/1.1\r\nContent-Type: application/ipp\r\n\r\n\1\1\0\11\0\0\0\1\3",
  http2 = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", newlines = "\n\n", newlines50 = ("\r\n"):rep(50),
  client_hello = "\22\3\1\0\200\1\0\0\196\3\3" .. ("r"):rep(32) .. "\32" .. ("s"):rep(32) .. "\0\32" .. ("\19\1"):rep(16)
    .. "\1\0"
    .. ("x"):rep(93),
  ssl2_hello = "\128\46\1\0\2\0\21\0\0\0\16\1\0\128" .. ("c"):rep(34),
  ssh = "SSH-2.0-Sonde\r\n", ehlo = "EHLO sonde.example\r\n", help = "HELP\r\n", quit = "QUIT\r\n",
    capability = "a1 CAPABILITY\r\n",
  dns = "\0\30\18\52\1\0\0\1\0\0\0\0\0\0\7version\4bind\0\0\16\0\3",
  dns_root = "\0\17\0\1\1\0\0\1\0\0\0\0\0\0\0\0\2\0\1",
  pptp = "\0\156\0\1\26\43\60\77\0\1\0\0\1\0\0\0\0\0\0\3\0\0\0\3\0\0\0\0" .. ("\0"):rep(128),
  pptp_bad = "\0\156\0\1\26\43\60\78\0\1\0\0\1\0\0\0\0\0\0\3\0\0\0\3\0\0\0\0" .. ("\0"):rep(128),
  mysql = "\32\0\0\1\133\162\3\0\0\0\0\1\33" .. ("\0"):rep(23), postgres = "\0\0\0\8\4\210\22\47",
  postgres_start = "\0\0\0\41\0\3\0\0user\0sonde\0database\0sonde\0\0", redis = "PING\r\n", redis_array = "*1\r\n$4\r\nPING\r\n",
  redis_info = "*1\r\n$4\r\nINFO\r\n", memcached = "version\r\n", memcached_stats = "stats\r\n",
  memcached_binary = "\128\11" .. ("\0"):rep(22), amqp = "AMQP\0\0\9\1",
  mqtt = "\16\18\0\4MQTT\4\2\0\60\0\6sonde1", mqtt5 = "\16\19\0\4MQTT\5\2\0\60\0\0\6sonde1",
    rtsp = "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n",
  sip = "OPTIONS sip:sonde@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.2\r\n\r\n",
  smb1 = "\0\0\0\47\255SMB\114\0\0\0\0\24\1\40" .. ("\0"):rep(16) .. "\0\0\0\12\0\2NT LM 0.12\0",
  smb2 = "\0\0\0\102\254SMB\64\0" .. ("\0"):rep(58) .. "\36\0\1\0\1\0" .. ("\0"):rep(30) .. "\2\2",
  rdp = "\3\0\0\19\14\224\0\0\0\0\0\1\0\8\0\3\0\0\0", s7 = "\3\0\0\22\17\224\0\0\0\1\0\192\1\10\193\2\1\0\194\2\1\2",
  modbus = "\0\1\0\0\0\5\1\43\14\1\0", dnp3 = "\5d\5\201\1\0\0\0\1\2", bacnet = "\129\10\0\17\1\4\0\5\1\12\12\2\63\255\255\25\75",
  enip = "\99\0" .. ("\0"):rep(22), ldap = "0\12\2\1\1\96\7\2\1\3\4\0\128\0",
    kerberos = "\0\0\0\20\106\18\48\16\161\3\2\1\5\162\3\2\1\10\163\4\27\2AB",
  mongodb = "\59\0\0\0\9\0\0\0\0\0\0\0\221\7\0\0\0\0\0\0\0\38\0\0\0\16hello\0\1\0\0\0",
  mssql = "\18\1\0\37\0\0\1\0\0\0\21\0\6\1\0\27\0\1\2\0\28\0\1\3\0\29\0\0\255\9\0\0\0\0\0\2\0",
  oracle = "\0\58\0\0\1\0\0\0\1\57\1\44\0\0\8\0\127\255\127\8\0\0\1\0\0\24\0\34\0\0\0\0(CONNECT_DATA=(CID=))",
  fox = "fox a 1 -1 fox hello\n{\nfox.version=s:1.0\nid=i:1\n};;\n", x11 = "l\0\11\0\0\0\0\0\0\0\0\0",
  socks5 = "\5\1\0", socks4 = "\4\1\0\80\192\0\2\7\0", xmpp = "<?xml version='1.0'?><stream:stream to='a.example' version='1.0'>",
  irc = "NICK sonde\r\nUSER sonde 0 * :sonde\r\n", rpc = "\128\0\0\40\1\2\3\4\0\0\0\0\0\0\0\2\0\1\134\160" .. ("\0"):rep(24),
  pjl = "\27%-12345X@PJL INFO ID\r\n\27%-12345X", jdwp = "JDWP-Handshake", cassandra = "\4\0\0\0\5\0\0\0\0",
    kafka = "\0\0\0\10\0\18\0\0\0\0\0\3\255\255",
  zookeeper = "ruok", iec104 = "h\4\67\0\0\0", openvpn = "\0\14\56\1\2\3\4\5\6\7\8\0\0\0\0\0",
}

describe("an echo", function()
  for name, bytes in pairs(SENT) do
    it("of " .. name .. " is no service, whole or cut, with and without its handshake known", function()
      for _, hints in ipairs { {}, { handshake = name } } do
        assert.is_nil(named(bytes, hints).service, shown(bytes))
        for _, length in ipairs { math.ceil(#bytes / 2), #bytes - 1 } do
          assert.is_nil(named(bytes:sub(1, length), hints).service, shown(bytes:sub(1, length)))
        end
      end
      assert.same({}, named(bytes, { handshake = name, sent = bytes }).services)
    end)
  end
end)

describe("a page that quotes other protocols", function()
  it("stays http", function()
    for _, each in ipairs(set.all) do
      if not each.over.http then
        for bytes in pairs(each.given.examples or {}) do
          local found = named("HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n\r\n" .. bytes)
          assert.equal("http", found.service, shown(bytes))
          assert.same({ "http" }, found.services, shown(bytes))
        end
      end
    end
  end)
end)

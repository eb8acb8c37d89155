-- Fingerprints that were published with the answers they are made of, and the hellos of the reference program.
local wire = require "sonde.wire"
require "spec.support.peer"   -- where digests come from in specs
local digest = require "sonde.digest"
local jarm = require "sonde.jarm"

local function answers(text)
  local list = {}
  for answer in (text .. ","):gmatch "([^,]*)," do list[#list + 1] = answer end
  return list
end

describe("JARM", function()
  it("hashes answers as published", function()
    assert.equal("15d2ad16d29d29d00015d2ad15d29dd1c3ca624d74ad1df5cec63008795502", jarm.fingerprint(answers(
      "009e|0303|h2|0000-ff01-0010,c030|0303|h2|0000-ff01-000b-0010,009f|0303|h2|0000-ff01-0010,c02f|0303||0000-ff01-000b," ..
      "c02f|0303||0000-ff01-000b,|||,009e|0303|h2|0000-ff01-0010,c030|0303|h2|0000-ff01-000b-0010," ..
      "009e|0303|h2|0000-ff01-0010,c02f|0303|h2|0000-ff01-000b-0010")))
    assert.equal("29d29d15d29d29d00042d42d000000cd600c085f371f8533aaf66051f8e5b1", jarm.fingerprint(answers(
      "c02f|0303|h2|ff01-0000-0001-000b-0023-0010-0017,c02f|0303|h2|ff01-0000-0001-000b-0023-0010-0017," ..
      "009e|0303|h2|ff01-0000-0001-0023-0010-0017,c02f|0303|http/1.1|ff01-0000-0001-000b-0023-0010-0017," ..
      "c02f|0303|http/1.1|ff01-0000-0001-000b-0023-0010-0017,|||,1302|0303||002b-0033,1302|0303||002b-0033,|||,|||")))
  end)

  it("is all zero where nobody answered, and takes a missing answer for none", function()
    assert.equal(("0"):rep(62), jarm.fingerprint(answers "|||,|||,|||,|||,|||,|||,|||,|||,|||,|||"))
    assert.equal(("0"):rep(62), jarm.fingerprint {})
    assert.equal("29d" .. ("000"):rep(9) .. digest.sha256("h20010"):sub(1, 32), jarm.fingerprint { "c02f|0303|h2|0010" })
  end)

  it("has a code for ciphers that were not offered", function()
    assert.equal("46b", jarm.fingerprint({ "ffff|0301||" }):sub(1, 3))
  end)

  -- The beginnings of the SHA-256 of each hello to example.com, with all chance bytes 171 and GREASE 0x0a0a.
  it("sends the ten hellos byte for byte", function()
    local conn = { host = "example.com" }
    function conn:random(n) return n == 1 and "\0" or ("\171"):rep(n) end   -- luacheck: ignore self
    for number, beginning in ipairs {
      "08257032416f38d5", "bc7031f22e7e78ed", "f17aca1eadecc92c", "5337742276386af2", "4c57a5043740f540", "c68f1b4a2d62d55e",
      "860c3781d99620ad", "dc60552bdb7da541", "de2a7c5d90e8d870", "b2e5ef295d31c428",
    } do
      assert.equal(beginning, digest.sha256(jarm.hello(conn, number)):sub(1, 16), "hello " .. number)
    end
  end)

  it("writes down what a ServerHello says, and nothing of what is none", function()
    local learn = jarm.protocol(3).learn
    local function learnt(bytes)
      local record = {}
      local ok, failure = pcall(learn, bytes, record)
      return ok and record.jarm_03 or failure.outcome
    end
    local function tls(kind, body) return wire.pack(">B I2 s2", kind, 0x303, body) end
    local extensions = wire.pack(">I2 s2 I2 s2", 0xFF01, "\0", 16, "\0\3\2h2")
    local hello = wire.pack(">B s3", 2, wire.pack(">I2 c32 s1 I2 B s2", 0x303, "", "", 0xC02F, 0, extensions))
    assert.equal("c02f|0303|h2|ff01-0010", learnt(tls(22, hello)))
    assert.equal("c02f|0303|h2|ff01-0010", learnt(tls(22, hello) .. tls(22, "\11")))
    assert.equal("|||", learnt(tls(21, "\2\40")))
    assert.equal("|||", learnt(tls(21, "\1\112") .. tls(22, hello)))
    assert.equal("0035|0301||", learnt(tls(22, wire.pack(">B s3", 2, wire.pack(">I2 c32 s1 I2 B", 0x301, "", "", 0x35, 0)))))
    assert.equal("mismatch", learnt "HTTP/1.1 400 Bad Request\r\n")
    assert.equal("mismatch", learnt(tls(22, hello):sub(1, 30)))
  end)
end)

local key_list = require "sonde.key_list"

local one, two = ("0a"):rep(32), ("ff"):rep(32)

describe("a list of known keys", function()
  it("gives each key's label", function()
    local label_of = key_list.parse("# makers\n\n" .. one .. " Router, model 7 \n  " .. two:upper() .. "\tCamera\r\n", "keys")
    assert.same({ "Router, model 7", "Camera" }, { label_of(one), label_of(two) })
    assert.is_nil(label_of(("00"):rep(32)))
    assert.is_nil(label_of(nil))
  end)

  it("takes hashes with colons, as openssl writes them", function()
    local label_of = key_list.parse(("0A:"):rep(31) .. "0A x", "keys")
    assert.equal("x", label_of(one))
  end)

  it("refuses what is no list, with file and line", function()
    for _, wrong in ipairs { one, one .. " ", "abc label", one .. "00 label", "label " .. one, "\0" } do
      local label_of, why = key_list.parse("# fine\n" .. wrong .. "\n", "keys.txt")
      assert.is_nil(label_of)
      assert.equal("keys.txt:2: not the SHA-256 of a key and a label", why)
    end
  end)

  it("marks what a session says, and leaves the rest alone", function()
    local asked
    local tls = key_list.marking(function(conn, host, der)
      asked = { conn, host, der }
      return conn == "secured" and { key_sha256 = one, version = "TLSv1.3" } or nil
    end, key_list.parse(one .. " Router", "keys"), true)
    assert.same({ key_sha256 = one, version = "TLSv1.3", known_key = "Router" }, tls("secured", "door.example"))
    assert.same({ "secured", "door.example", true }, asked)
    assert.is_nil(tls("clear", "door.example"))
  end)
end)

local C, ffi = require "spec.support.c" ("address", "cookie")

local function endpoint(text)
  local out = ffi.new "struct endpoint"
  assert(C.endpoint_parse(text, out) == 0, text)
  return out
end

-- The key 00 01 02 ... 0f of the paper's appendix A, and messages 00 01 02 ... of growing length.
local key = ffi.new("struct cookie_key", { k0 = 0x0706050403020100ULL, k1 = 0x0f0e0d0c0b0a0908ULL })
local vectors = {
  [0] = 0x726fdb47dd0e0e31ULL, 0x74f839c593dc67fdULL, 0x0d6c8009d9a94f5aULL, 0x85676696d7fb7e2dULL,
  0xcf2794e0277187b7ULL, 0x18765564cd99a68dULL, 0xcbc9466e58fee3ceULL, 0xab0200f58b01d137ULL,
  0x93f5f5799a932462ULL, 0x9e0082df0ba9e4b0ULL, 0x7a5dbbc594ddb9f3ULL, 0xf4b32f46226bada7ULL,
  0x751e8fbc860ee5fbULL, 0x14ea5627c0843d90ULL, 0xf723ca908e7af2eeULL, 0xa129ca6149be45e5ULL,
}

describe("cookie", function()
  it("computes SipHash-2-4 as published, for every remainder of the length by 8", function()
    local message = ffi.new("uint8_t[16]")
    for i = 0, 15 do message[i] = i end
    for length = 0, 15 do
      assert.equal(vectors[length], C.cookie_hash(key, message, length), "length " .. length)
    end
  end)

  it("computes many short messages as it computes each", function()
    local words = ffi.new "uint64_t[11]"
    for length = 0, 7 do
      local message, word = ffi.new("uint8_t[8]", 0, 1, 2, 3, 4, 5, 6), 0ULL
      for i = length - 1, 0, -1 do word = word * 256 + message[i] end
      for i = 0, 10 do words[i] = word end
      C.cookie_hash_short(key, length, words, 11)
      for i = 0, 10 do assert.equal(vectors[length], words[i], "length " .. length) end
    end
  end)

  it("gives the same sequence for the same connection and key", function()
    local a, b = endpoint "198.18.0.1:61000", endpoint "198.18.0.2:80"
    assert.equal(C.cookie_sequence(key, a, b), C.cookie_sequence(key, endpoint "198.18.0.1:61000", b))
  end)

  it("depends on both ends, on every part of them and on the key", function()
    local seen, count = {}, 0
    local function sequence(with, a, b)
      seen[C.cookie_sequence(with, endpoint(a), endpoint(b))] = true
      count = count + 1
    end
    sequence(key, "198.18.0.1:61000", "198.18.0.2:80")
    sequence(key, "198.18.0.2:80", "198.18.0.1:61000")
    sequence(key, "198.18.0.1:61001", "198.18.0.2:80")
    sequence(key, "198.18.0.1:61000", "198.18.0.2:81")
    sequence(key, "198.18.0.1:61000", "198.18.0.3:80")
    sequence(key, "[2001:db8::1]:61000", "[2001:db8::2]:80")
    sequence(key, "[2001:db8::1]:61000", "[2001:db8::3]:80")
    sequence(C.cookie_key_from_seed(1, 1), "198.18.0.1:61000", "198.18.0.2:80")
    local distinct = 0
    for _ in pairs(seen) do distinct = distinct + 1 end
    assert.equal(count, distinct)
  end)

  it("derives keys that differ by seed and by purpose, and repeat", function()
    local seen = {}
    for seed = 0, 9 do
      for purpose = 0, 9 do
        local derived = C.cookie_key_from_seed(seed, purpose)
        local name = tostring(derived.k0) .. tostring(derived.k1)
        assert.is_nil(seen[name])
        assert.not_equal(derived.k0, derived.k1)
        seen[name] = true
      end
    end
    assert.equal(C.cookie_key_from_seed(7, 3).k1, C.cookie_key_from_seed(7, 3).k1)
  end)
end)

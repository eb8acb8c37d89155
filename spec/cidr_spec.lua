local C, ffi = require "spec.support.c" ("error", "address", "range", "cidr", "lines")
local file = require "spec.support.file"

local function range(text)
  local out = ffi.new "struct address_range"
  if C.range_parse(text, out) ~= 0 then return nil end
  return out
end

local function show(value) return ffi.string(C.range_format(value, ffi.new "char[96]")) end

local function address(text)
  local out = ffi.new "struct address"
  assert(C.address_parse(text, out) == 0, text)
  return out
end

local function set(...)
  local made = ffi.gc(C.cidr_set_create(), C.cidr_set_destroy)
  for _, text in ipairs { ... } do assert(C.cidr_set_add(made, range(text)) == 0) end
  C.cidr_set_seal(made)
  return made
end

local function list(made)
  local found, out = {}, ffi.new "struct address_range"
  for i = 0, tonumber(C.cidr_set_count(made)) - 1 do
    C.cidr_set_get(made, i, out)
    found[#found + 1] = show(out)
  end
  return found
end

local function load(path)
  local made, why = ffi.gc(C.cidr_set_create(), C.cidr_set_destroy), ffi.new "struct error"
  local code = C.cidr_set_load(made, path, why)
  C.cidr_set_seal(made)
  return code, ffi.string(why.text), made
end

describe("cidr set", function()
  it("sorts and merges what overlaps, touches or is inside", function()
    assert.same({ "10.0.0.0/7", "198.18.0.0/16", "2001:db8::/31" }, list(set("2001:db9::/32", "198.18.0.0/17",
      "11.0.0.0/8", "198.18.128.0/17", "10.0.0.0/8", "10.1.0.0/16", "10.0.0.0/8", "2001:db8::/32")))
    assert.same({ "0.0.0.0/0", "::/0" }, list(set("0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1")))
    assert.same({ "255.255.255.255", "::" }, list(set("::", "255.255.255.255")))
    assert.same({ "198.18.0.1", "198.18.0.3" }, list(set("198.18.0.3", "198.18.0.1")))
  end)

  it("contains what it covers, in its own family only", function()
    local made = set("198.18.0.0/15", "2001:db8::/32", "0.0.0.0")
    for text, expected in pairs {
      ["198.18.0.0"] = true, ["198.19.255.255"] = true, ["198.20.0.0"] = false, ["198.17.255.255"] = false,
      ["0.0.0.0"] = true, ["0.0.0.1"] = false, ["255.255.255.255"] = false, ["2001:db8::"] = true,
      ["2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"] = true, ["2001:db9::"] = false, ["::"] = false, ["c612::"] = false,
    } do assert.equal(expected, C.cidr_set_contains(made, address(text)), text) end
    assert.is_false(C.cidr_set_contains(made, ffi.new "struct address"))
    assert.is_true(C.cidr_set_covers(made, range "198.18.7.0/24"))
    assert.is_false(C.cidr_set_covers(made, range "198.18.0.0/14"))
  end)

  it("is empty when nothing was added", function()
    local empty = set()
    assert.is_false(C.cidr_set_contains(empty, address "198.18.0.1"))
    assert.is_false(C.cidr_set_contains(empty, address "::1"))
    assert.is_false(C.cidr_set_covers(empty, range "::/0"))
    assert.same({}, list(empty))
  end)

  it("agrees with a naive model on random ranges of both families", function()
    math.randomseed(99)
    for _, form in ipairs { "198.18.%d.%d", "2001:db8::%x:%x" } do
      for _ = 1, 60 do
        local made, model = ffi.gc(C.cidr_set_create(), C.cidr_set_destroy), {}
        for _ = 1, math.random(0, 40) do
          local first = math.random(0, 4000)
          local last = math.min(4095, first + math.random(0, 60) ^ 2 % 90)
          local function text(n) return form:format(math.floor(n / 256), n % 256) end
          C.cidr_set_add(made, range(text(first) .. "-" .. text(last)))
          for n = first, last do model[n] = true end
        end
        C.cidr_set_seal(made)
        local runs = 0
        for n = 0, 4095 do
          local at = address(form:format(math.floor(n / 256), n % 256))
          if C.cidr_set_contains(made, at) ~= (model[n] or false) then error(form .. " " .. n) end
          local gap = form:find "x" and n % 256 == 0 -- ::1:ff and ::2:0 are not neighbours
          if model[n] and (gap or not model[n - 1]) then runs = runs + 1 end
        end
        if not form:find "x" then assert.equal(runs, tonumber(C.cidr_set_count(made))) end
      end
    end
  end)

  it("reads files with comments, space and either line end", function()
    local text = "# list\n\n 198.18.0.0/24 # lab\r\n\t2001:db8::1\n198.18.2.1-198.18.2.5"
    local code, _, made = file.with(text, load)
    assert.equal(0, code)
    assert.same({ "198.18.0.0/24", "198.18.2.1-198.18.2.5", "2001:db8::1" }, list(made))
    assert.equal(0, (file.with("", load)))
  end)

  it("names file, line and text of a malformed entry", function()
    for line, quoted in pairs {
      ["10.0.0.0/33"] = '"10.0.0.0/33"', ["10.0.0.1 10.0.0.2"] = '"10.0.0.1 10.0.0.2"', ["\27[2Jx"] = '".[2Jx"',
    } do
      file.with("198.18.0.1\n# more\n" .. line .. "\n198.18.0.2\n", function(path)
        local code, sentence = load(path)
        assert.equal(C.ERR_INVALID, code)
        assert.is_truthy(sentence:find(path .. " line 3: " .. quoted, 1, true), sentence)
      end)
    end
  end)

  it("refuses files that are no lists", function()
    local code, sentence = file.with("198.18.0.1\n\0\n", load)
    assert.equal(C.ERR_INVALID, code)
    assert.matches("line 2: .*zero byte", sentence)
    code, sentence = file.with(("1"):rep(100000), load)
    assert.equal(C.ERR_INVALID, code)
    assert.matches("line 1: the line is too long", sentence)
    code, sentence = load "/nonexistent/list"
    assert.equal(C.ERR_SYSTEM, code)
    assert.matches("/nonexistent/list: No such file", sentence)
    assert.equal(C.ERR_SYSTEM, (load "/"))
  end)
end)

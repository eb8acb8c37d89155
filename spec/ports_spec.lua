local C, ffi = require "spec.support.c" ("error", "ports")

local function parse(text)
  local out, why = ffi.new "struct ports *[1]", ffi.new "struct error"
  local code = C.ports_parse(out, text, why)
  if code ~= 0 then return nil, ffi.string(why.text) end
  return ffi.gc(out[0], C.ports_destroy)
end

local function list(text)
  local ports, found = assert(parse(text)), {}
  for i = 0, C.ports_count(ports) - 1 do found[#found + 1] = C.ports_at(ports, i) end
  return found
end

describe("ports", function()
  it("reads ports and ranges, sorted and without repeats", function()
    assert.same({ 22, 80, 443 }, list "443,80,22,80")
    assert.same({ 1, 79, 80, 81, 82, 65535 }, list "80-82,79-81,65535,1")
    assert.same({ 80, 443 }, list " 80 , 443 ")
    assert.same({ 80 }, list "80-80")
  end)

  it("knows all ports", function()
    local all = assert(parse "all")
    assert.equal(65535, C.ports_count(all))
    assert.equal(1, C.ports_at(all, 0))
    assert.equal(65535, C.ports_at(all, 65534))
    assert.is_false(C.ports_contains(all, 0))
    all = parse "1-65535,all,@web"
    assert.equal(65535, C.ports_count(all))
  end)

  it("knows named sets, mixed with ports, and names them", function()
    local web = assert(parse "@web,7")
    for _, port in ipairs { 7, 80, 443, 8080 } do assert.is_true(C.ports_contains(web, port)) end
    assert.is_false(C.ports_contains(web, 25))
    local _, sentence = parse "@nonsense"
    local count = 0
    for name in sentence:match "there are (.*)":gmatch "@%l+" do
      assert.is_true(#list(name) > 5, name)
      count = count + 1
    end
    assert.equal(10, count)
  end)

  it("refuses what is no port, saying what and why", function()
    for _, item in ipairs { "0", "65536", "99999", "100000", "-1", "80-", "-80", "80-70000", "0-80", "http", "80;443",
      "8 0", "80-90-100", "@", "@web2", "ALL", "+80", "0x50", "80.0" } do
      local ports, sentence = parse("443," .. item)
      assert.is_nil(ports, item)
      assert.is_truthy(sentence:find('"' .. item .. '"', 1, true), sentence)
    end
    assert.matches("ends before it starts", select(2, parse "90-80"))
    for _, text in ipairs { "", ",", "80,", ",80", "80,,443", "  " } do
      assert.matches("missing", select(2, parse(text)))
    end
  end)

  it("survives long and unprintable input", function()
    for _, text in ipairs { ("8"):rep(100000), ("80,"):rep(10000) .. "x", "\27[2J", ("-"):rep(300) } do
      local ports, sentence = parse(text)
      assert.is_nil(ports)
      assert.is_true(#sentence > 10 and #sentence < 320)
      assert.is_nil(sentence:find "%c")
    end
  end)

  it("agrees with a naive model on random lists", function()
    math.randomseed(11)
    for _ = 1, 200 do
      local items, model = {}, {}
      for i = 1, math.random(1, 20) do
        local first = math.random(1, 65535)
        local last = math.random() < 0.5 and first or math.min(65535, first + math.random(0, 300))
        items[i] = first == last and tostring(first) or first .. "-" .. last
        for port = first, last do model[port] = true end
      end
      local ports, count = parse(table.concat(items, ",")), 0
      for port in pairs(model) do
        count = count + 1
        assert.is_true(C.ports_contains(ports, port))
      end
      assert.equal(count, C.ports_count(ports))
    end
  end)
end)

local C, ffi = require "spec.support.c" ("error", "address", "ports", "blocklist", "targets")
local file = require "spec.support.file"

local names = {
  ["host.example"] = { "198.18.9.1", "2001:db8::9" }, ["old-host"] = { "198.18.9.2" }, ["empty.example"] = {},
}

-- Stands for the system's resolver: knows the names above.
local resolve = ffi.cast("targets_resolve_fn", function(_, name, out, size, why)
  local found = names[ffi.string(name)]
  if not found then return C.error_set(why, C.ERR_NOT_FOUND, "cannot resolve it") end
  for i = 1, math.min(#found, tonumber(size)) do C.address_parse(found[i], out + i - 1) end
  return #found
end)

local function ports(text)
  local out = ffi.new "struct ports *[1]"
  assert(C.ports_parse(out, text, nil) == 0)
  return ffi.gc(out[0], C.ports_destroy)
end

local borrowed = {} -- what targets borrow lives as long as this file's specs

local function create(port_text)
  local set = port_text and ports(port_text)
  local targets = C.targets_create(set, resolve, nil)
  borrowed[#borrowed + 1] = set
  return ffi.gc(targets, C.targets_destroy)
end

local function add(targets, text)
  local why = ffi.new "struct error"
  return C.targets_add(targets, text, why), ffi.string(why.text)
end
jit.off(add)

local function new(port_text, ...)
  local targets = create(port_text)
  for _, text in ipairs { ... } do assert(add(targets, text) == 0, text) end
  assert(C.targets_seal(targets, nil) == 0)
  return targets
end

local function text_of(endpoint) return ffi.string(C.endpoint_format(endpoint, ffi.new "char[54]")) end

local function text_at(targets, rank, port)
  local out = ffi.new "struct endpoint"
  C.targets_place(targets, rank, port, out)
  return text_of(out)
end

-- All of them, in canonical order.
local function list(targets)
  local found = {}
  for rank = 0, tonumber(C.targets_address_count(targets)) - 1 do
    for port = 0, C.targets_port_count(targets) - 1 do found[#found + 1] = text_at(targets, rank, port) end
  end
  for i = 0, tonumber(C.targets_pair_count(targets)) - 1 do found[#found + 1] = text_of(C.targets_pair(targets, i)) end
  assert.equal(#found, tonumber(C.targets_count(targets)))
  return found
end

describe("targets", function()
  it("are addresses times ports, in order", function()
    assert.same({ "198.18.0.0:80", "198.18.0.0:443", "198.18.0.1:80", "198.18.0.1:443", "[2001:db8::1]:80",
      "[2001:db8::1]:443" }, list(new("443,80", "2001:db8::1", "198.18.0.0/31")))
  end)

  it("hold nothing twice, however it is given", function()
    assert.same({ "198.18.0.0:80", "198.18.0.1:80", "198.18.0.2:80", "198.18.0.1:81", "198.18.0.9:80" },
      list(new("80", "198.18.0.0-198.18.0.1", "198.18.0.1", "198.18.0.1-198.18.0.2", "198.18.0.1:80", "198.18.0.1:81",
        "198.18.0.9:80", "198.18.0.9:80", "198.18.0.1:81")))
  end)

  it("take pairs without a set of ports, but no bare address", function()
    assert.same({ "198.18.0.1:80", "[2001:db8::1]:443" }, list(new(nil, "[2001:db8::1]:443", "198.18.0.1:80")))
    local code, sentence = add(create(nil), "198.18.0.0/24")
    assert.equal(C.ERR_INVALID, code)
    assert.matches("198.18.0.0/24 has no port", sentence)
  end)

  it("resolve names to all their addresses, with and without a port", function()
    assert.same({ "198.18.9.1:80", "198.18.9.2:80", "[2001:db8::9]:80" }, list(new("80", "host.example", "old-host")))
    assert.same({ "198.18.9.1:22", "[2001:db8::9]:22" }, list(new("80", "host.example:22")))
    local code, sentence = add(create "80", "missing.example")
    assert.equal(C.ERR_NOT_FOUND, code)
    assert.matches("cannot resolve", sentence)
    assert.equal(C.ERR_NOT_FOUND, (add(create "80", "empty.example")))
  end)

  it("ask the system for names when nothing else is given", function()
    local system = ffi.gc(C.targets_create(nil, nil, nil), C.targets_destroy)
    assert.equal(0, (add(system, "localhost:80")))
    assert.equal(0, C.targets_seal(system, nil))
    local found = table.concat(list(system), " ")
    assert.is_truthy(found:find("127.0.0.1:80", 1, true) or found:find("[::1]:80", 1, true), found)
  end)

  it("refuse what is neither, without asking a resolver", function()
    for _, text in ipairs { "", "10.0.0", "10.0.0.256", "1.2.3.4.5", "0x7f000001", "0x7f.1", "017700000001",
      "10.0.0.0/33", "10.0.0.1-10.0.0.0", "10.0.0.1-7", "198.18.0.1:0", "198.18.0.1:65536", "198.18.0.1:",
      ":80", "host.example:0",
      "host.example:70000", "host.example:http", "host.example/24", "-x", ".", "a b", "2001:db8::1:99999", "[::1]",
      "fe80::1%eth0", "http://host.example/", "host.example:80:80", ("a"):rep(254), "\1\2", "host.123" } do
      local code, sentence = add(create "80", text)
      assert.equal(C.ERR_INVALID, code, text)
      assert.is_truthy(sentence:find "is no address", sentence)
      assert.is_nil(sentence:find "%c")
    end
  end)

  it("read files and name the line of what is wrong", function()
    local why = ffi.new "struct error"
    local read = function(targets, path) return C.targets_add_file(targets, path, why) end
    jit.off(read)
    local targets = create "80"
    file.with("# hosts\n198.18.0.1 # one\n\n198.18.0.2:22\r\nhost.example:25\n", function(path)
      assert.equal(0, read(targets, path))
    end)
    assert.equal(0, C.targets_seal(targets, why))
    assert.same({ "198.18.0.1:80", "198.18.0.2:22", "198.18.9.1:25", "[2001:db8::9]:25" }, list(targets))
    for line, expected in pairs { ["10.0.0.0/40"] = '"10.0.0.0/40" is no', ["missing.example"] = "cannot resolve" } do
      file.with("198.18.0.1\n" .. line, function(path)
        assert.is_true(read(create "80", path) < 0)
        assert.is_truthy(ffi.string(why.text):find(path .. " line 2: " .. expected, 1, true), ffi.string(why.text))
      end)
    end
    assert.equal(C.ERR_SYSTEM, read(create "80", "/nonexistent"))
  end)

  it("refuse IPv6 blocks that no scan can finish, and sums that are too large", function()
    local code, sentence = add(create "80", "2001:db8::/32")
    assert.equal(C.ERR_INVALID, code)
    assert.matches("2001:db8::/32 holds too many addresses to scan", sentence)
    assert.equal(C.ERR_INVALID, (add(create "80", "::/0")))
    local why, targets = ffi.new "struct error", create "80,443"
    assert.equal(0, (add(targets, "2001:db8::/66")))
    assert.equal(C.ERR_INVALID, C.targets_seal(targets, why))
    assert.matches("too many to scan", ffi.string(why.text))
    targets = create "80"
    for i = 0, 9 do assert.equal(0, (add(targets, ("2001:db8:0:%d::/66"):format(i)))) end
    assert.equal(C.ERR_INVALID, C.targets_seal(targets, why))
  end)

  it("count and index the whole IPv4 Internet times all ports", function()
    local targets = new("all", "0.0.0.0/0")
    assert.equal(4294967296ULL * 65535, C.targets_count(targets))
    assert.equal("255.255.255.255:65535", text_at(targets, C.targets_address_count(targets) - 1, 65534))
    assert.equal("1.2.3.4:80", text_at(targets, 0x01020304, 79))
  end)

  it("may be none", function()
    assert.same({}, list(new "80"))
    assert.same({}, list(new(nil)))
  end)

  it("know the first that is special-purpose, and skip wide ranges in this", function()
    local why = ffi.new "struct error"
    local function blocked(targets, special)
      local blocks = ffi.gc(C.blocklist_create(special), C.blocklist_destroy)
      C.blocklist_seal(blocks)
      return C.targets_first_blocked(targets, blocks, why), ffi.string(why.text)
    end
    local code, sentence = blocked(new("80", "8.8.8.8", "192.168.0.0/24", "10.0.0.1"), true)
    assert.equal(C.ERR_BLOCKED, code)
    assert.matches("^192.168.0.0/16 is private %(RFC 1918%)", sentence)
    assert.equal(C.ERR_BLOCKED, (blocked(new(nil, "[2001:db8::1]:80"), true)))
    assert.equal(C.ERR_BLOCKED, (blocked(new("80", "host.example"), true)))
    assert.equal(0, (blocked(new("80", "0.0.0.0/0", "8.8.8.8"), true)))
    assert.equal(0, (blocked(new("80", "192.168.0.0/24"), false)))
  end)

  it("agree with a naive model on random sets", function()
    math.randomseed(31)
    for _ = 1, 60 do
      local set, model, texts = { 80, 443, 8080 }, {}, {}
      for i = 1, math.random(1, 25) do
        local first = math.random(0, 400)
        local last = math.min(400, first + math.random(0, 20))
        local port = math.random() < 0.4 and math.random(79, 82)
        local function text(n) return ("198.18.%d.%d"):format(math.floor(n / 256), n % 256) end
        if port then
          texts[i] = text(first) .. ":" .. port
          model[texts[i]] = true
        else
          texts[i] = text(first) .. "-" .. text(last)
          for n = first, last do
            for _, each in ipairs(set) do model[text(n) .. ":" .. each] = true end
          end
        end
      end
      local found, size = list(new("80,443,8080", unpack(texts))), 0
      for _ in pairs(model) do size = size + 1 end
      for _, text in ipairs(found) do
        assert.is_true(model[text], text)
        model[text] = false
      end
      assert.equal(size, #found)
    end
  end)
end)

local C, ffi = require "spec.support.c" ("error", "address", "zmap_line")

ffi.cdef "void *malloc(size_t); void free(void *);"

local function reader()
  local made = ffi.new "struct zmap_reader"
  C.zmap_reader_init(made)
  return made
end

local function show(endpoint) return ffi.string(C.endpoint_format(endpoint, ffi.new "char[54]")) end

local function read(line, with)
  local out, why = ffi.new "struct zmap_syn_ack", ffi.new "struct error"
  -- in memory of exactly its size, so that ASan sees a read past its end
  local bytes = ffi.gc(ffi.cast("char *", ffi.C.malloc(#line + (#line == 0 and 1 or 0))), ffi.C.free)
  ffi.copy(bytes, line, #line)
  local code = C.zmap_line_read(with or reader(), bytes, #line, out, why)
  if code < 0 then return nil, ffi.string(why.text), code end
  if code == 0 then return false end
  return ("%s %s %d %d %d"):format(show(out.remote), show(out["local"]), out.seq, out.ack, out.window)
end

local function sentence(line)
  local _, text = read(line)
  return text
end

local json = '{"saddr":"198.18.0.7","daddr":"198.18.0.1","sport":80,' ..
  '"dport":61000,"seqnum":4294967295,"acknum":7,"window":0}'
local expected = "198.18.0.7:80 198.18.0.1:61000 4294967295 7 0"

describe("ZMap line", function()
  it("reads JSON, whatever the order, with other keys, spaces and numeric strings", function()
    assert.equal(expected, (read(json)))
    assert.equal(expected, (read(' { "window" : "0", "acknum":"7","seqnum":"4294967295" , "dport":"61000",' ..
      '"sport":"80","classification":"syn\\"ack\\u00e9","success":true,"cooldown":null,"x":-1.5e+3,' ..
      '"daddr":"198.18.0.1",' ..
      '"saddr":"198.18.0.7"} \r')))
  end)

  it("reads IPv6", function()
    assert.equal("[2001:db8::7]:80 [2001:db8::1]:61000 1 2 3",
      (read '{"saddr":"2001:db8::7","daddr":"2001:db8::1","sport":80,"dport":61000,"seqnum":1,"acknum":2,"window":3}'))
  end)

  it("reads CSV without a header in the usual order", function()
    local with = reader()
    assert.equal(expected, (read("198.18.0.7,198.18.0.1,80,61000,4294967295,7,0", with)))
    assert.equal(expected, (read('"198.18.0.7","198.18.0.1","80",61000,4294967295,7,0\r', with)))
    assert.equal("[2001:db8::7]:80 [2001:db8::1]:61000 1 2 3", (read "2001:db8::7,2001:db8::1,80,61000,1,2,3"))
  end)

  it("takes the columns from a CSV header", function()
    local with = reader()
    assert.is_false((read("success,window,acknum,seqnum,dport,sport,\"daddr\",saddr,timestamp", with)))
    assert.equal(expected, (read("1,0,7,4294967295,61000,80,198.18.0.1,198.18.0.7,\"2024-01-01, noon\"", with)))
    local _, text = read("1,0,7,4294967295,61000,80,198.18.0.1,198.18.0.7", with)
    assert.matches("fewer than 9 columns", text)
    _, text = read("1,0,7,4294967295,61000,80,198.18.0.1,198.18.0.7,now,then", with)
    assert.matches("more than 9 columns", text)
  end)

  it("takes the signed sequence numbers that ZMap 2 prints", function()
    local answer = read(json:gsub("4294967295", "-1"), nil)
    assert.same(read(json), answer)
    answer = read(json:gsub("4294967295", "-2147483648"), nil)
    assert.same(read(json:gsub("4294967295", "2147483648"), nil), answer)
  end)

  it("finds nothing in empty lines", function()
    for _, line in ipairs { "", " ", "\r", "\t \r\n" } do assert.is_false((read(line))) end
  end)

  it("says which field is missing, doubled or wrong", function()
    for field, text in pairs {
      saddr = '"saddr":"198.18.0.7",', daddr = '"daddr":"198.18.0.1",', sport = '"sport":80,',
      seqnum = '"seqnum":4294967295,',
    } do
      local from, to = json:find(text, 1, true)
      local without = json:sub(1, from - 1) .. json:sub(to + 1)
      assert.equal(field .. " is missing", select(2, read(without)))
      assert.equal(field .. " is there twice", sentence(json:sub(1, to) .. text .. json:sub(to + 1)))
    end
    for good, bads in pairs {
      ["80"] = { "0", "65536", "-1", '"80x"', "8e1", "80.0", "true", "null", '""', "99999999999999999999" },
      ['"198.18.0.7"'] = { '"198.18.0"', '"host"', "198", '"198.18.0.7 "', '"\\u0031"', '"' .. ("1"):rep(5000) .. '"' },
      ["4294967295"] = { "4294967296", "-2147483649", '"-"', '" 1"' },
    } do
      for _, bad in ipairs(bads) do
        local from, to = json:find(good, 1, true)
        local _, text, code = read(json:sub(1, from - 1) .. bad .. json:sub(to + 1))
        assert.equal(C.ERR_INVALID, code, bad)
        assert.matches("has no valid value", text)
      end
    end
    assert.matches("different address families", sentence((json:gsub("198.18.0.1", "2001:db8::1"))))
  end)

  it("does without a window where ZMap was not asked for it", function()
    local with = reader()
    local open = expected:gsub(" 0$", " 65535")
    assert.equal(open, (read((json:gsub(',"window":0', "")))))
    assert.is_false((read("saddr,daddr,sport,dport,seqnum,acknum", with)))
    assert.equal("198.18.0.7:80 198.18.0.1:61000 1 2 65535", (read("198.18.0.7,198.18.0.1,80,61000,1,2", with)))
  end)

  it("refuses what is no flat object", function()
    for _, line in ipairs { "{", "{}x", '{"a"}', '{"a":}', '{"a":1,}', '{"a":1 "b":2}', '{"a":{}}', '{"a":[1]}',
      '{"a":01}', '{"a":1.}', '{"a":.5}', '{"a":1e}', '{"a":-}', '{"a":tru}', '{"a":"\\x"}', '{"a":"\\u12g4"}',
      '{"a":"\1"}',
      "{a:1}", '{"a":"b', '{"a":"\\', '{"a":"\\u00', json .. json, json .. ",", "{'a':1}", '{"a":NaN}' } do
      assert.equal("this is no flat JSON object", select(2, read(line)), line)
    end
    assert.matches("header does not name saddr", sentence "hello")
    assert.matches("saddr has no valid value", sentence "1.2.3,198.18.0.1,80,61000,1,2,3")
    assert.is_nil((read '"198.18.0.7'))
    assert.is_nil((read '"198.18.0.7"x,198.18.0.1,80,61000,1,2,3'))
    assert.is_nil((read(("saddr,"):rep(100))))
    assert.is_nil((read(("x,"):rep(100))))
  end)

  it("never reads past a cut or a damaged line", function()
    math.randomseed(3)
    local csv = "198.18.0.7,198.18.0.1,80,61000,4294967295,7,0"
    for _, line in ipairs { json, csv, '"saddr",daddr,sport,dport,seqnum,acknum,window' } do
      for length = 0, #line - 1 do read(line:sub(1, length)) end
      for _ = 1, 3000 do
        local bytes = { line:byte(1, -1) }
        for _ = 1, math.random(1, 4) do bytes[math.random(#bytes)] = math.random(0, 255) end
        local found, text = read(string.char(unpack(bytes)))
        assert.is_true(found ~= nil or #text > 5)
      end
    end
  end)
end)

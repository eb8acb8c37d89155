local identify = require "sonde.identify"
local cjson = require "cjson"
local json = assert(package.loadlib(os.getenv "SONDE_CORE" or "build/release/sonde_core.so", "lua_json_open"))()
local set = require "spec.support.signatures".set

-- Runs the lines through identify; gives the answers, what was written before each flush, and lines' own results.
local function run(lines, options)
  local written, flushes = {}, {}
  local output = {
    setvbuf = function() return true end,
    write = function(_, ...)
      written[#written + 1] = table.concat { ... }
      return true
    end,
    flush = function()
      flushes[#flushes + 1] = #written
      return true
    end,
  }
  local index = 0
  local input = { lines = function()
    return function()
      index = index + 1
      return lines[index]
    end
  end }
  local given = { set = set, json = json, decode = cjson.decode, null = cjson.null, input = input, output = output }
  for key, value in pairs(options or {}) do given[key] = value end
  local count, malformed = identify.lines(given)
  return written, flushes, count, malformed
end

local function line(id, bytes, extra)
  return ('{"id":%s,"data_base64":"%s"%s}'):format(cjson.encode(id), json.base64(bytes), extra or "")
end

describe("identify's lines", function()
  it("gives one answer a line, in order, with sorted keys", function()
    local written, _, count, malformed = run {
      line("a", "RFB 003.008\n"), line(7, "?"), line("b", "+OK\r\n"), line("c", "220 ready\r\n", ',"port":21,"handshake":null'),
    }
    assert.same({
      '{"fields":{"version":"003.008"},"id":"a","service":"vnc","services":["vnc"]}\n',
      '{"fields":{},"id":7,"service":null,"services":[]}\n',
      '{"fields":{},"id":"b","service":null,"services":["pop3","redis"]}\n',
      '{"fields":{"banner":"ready"},"id":"c","service":"ftp","services":["ftp","smtp"]}\n',
    }, written)
    assert.equal(4, count)
    assert.equal(0, malformed)
  end)

  it("says which line is malformed and goes on", function()
    local bad = {
      "", "{", "7", "[]", '{"id":1}', '{"id":1,"data_base64":"*"}', '{"id":{},"data_base64":""}', '{"id":nan,"data_base64":""}',
      '{"id":1,"data_base64":7}', "\255",
    }
    bad[#bad + 1] = line("last", "RFB 003.008\n")
    local written, _, count, malformed = run(bad)
    assert.equal(#bad, count)
    assert.equal(#bad - 1, malformed)
    for index = 1, #bad - 1 do
      local answer = cjson.decode(written[index])
      assert.equal(cjson.null, answer.id)
      assert.equal(1, answer.error:find("line " .. index .. ": ", 1, true))
    end
    assert.equal("vnc", cjson.decode(written[#bad]).service)
  end)

  it("keeps bytes that are no text, in base64", function()
    local answer = cjson.decode(run({ line(1, "220 \255\254 FTP ready\r\n") })[1])
    assert.equal("ftp", answer.service)
    assert.equal(json.base64 "\255\254 FTP ready", answer.fields.banner_base64)
  end)

  it("answers before the next question when nobody else is waiting, and in one go when more is there", function()
    local lines = { line(1, "a"), line(2, "b"), line(3, "c") }
    local _, flushes = run(lines)
    assert.same({ 1, 2, 3, 3 }, flushes)
    _, flushes = run(lines, { buffered = true })
    assert.same({ 3 }, flushes)
    local waiting = 2
    _, flushes = run(lines, { more = function()
      waiting = waiting - 1
      return waiting > 0
    end })
    assert.same({ 2, 3, 3 }, flushes)
  end)

  it("stops when its output is closed", function()
    local output = {
      setvbuf = function() end,
      write = function() return nil, "Broken pipe" end,
    }
    local input = { lines = function() return function() return line(1, "a") end end }
    local count, problem = identify.lines {
      set = set, json = json, decode = cjson.decode, null = cjson.null, input = input, output = output,
    }
    assert.is_nil(count)
    assert.equal("Broken pipe", problem)
  end)
end)

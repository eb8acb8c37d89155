local loader = require "sonde.loader"
local sandbox = require "sonde.sandbox"

-- What a script of this text returns.
local function run(text)
  return sandbox.run(text, "scripts/some.lua")
end

describe("a script", function()
  it("has no way to files, the system, the machine or the engine", function()
    for _, name in ipairs { "io", "os", "ffi", "debug", "package", "coroutine", "jit" } do
      assert.is_nil(run("return " .. name), name)
      local value, problem = run("return require '" .. name .. "'")
      assert.is_nil(value)
      assert.truthy(problem:find("cannot require '" .. name .. "'", 1, true), problem)
    end
  end)

  it("cannot load code, touch environments, or steer the collector", function()
    for _, name in ipairs {
      "load", "loadstring", "loadfile", "dofile", "setfenv", "getfenv", "collectgarbage", "newproxy", "module", "gcinfo",
    } do
      assert.is_nil(run("return " .. name), name)
    end
  end)

  it("cannot draw chance that the seed does not govern", function()
    assert.is_nil(run "return math.random")
    assert.is_nil(run "return math.randomseed")
  end)

  it("has no bytecode, as a function or as a method, and is not accepted as bytecode", function()
    assert.is_nil(run "return string.dump")
    assert.is_nil(run "return ('').dump")
    -- Whatever name bytecode is given under, its first byte gives it away.
    local value, problem = sandbox.run("\27LJ\2\2", "scripts/some.lua")
    assert.is_nil(value)
    assert.equal("scripts/some.lua: bytecode is not accepted", problem)
  end)

  it("cannot reach what all strings share", function()
    assert.equal("string", run "return getmetatable('')")
    assert.is_nil(run "return getmetatable('').__index")
    local value, problem = run "return setmetatable('', {})"
    assert.is_nil(value)
    assert.truthy(problem)
  end)

  it("cannot reach what all patterns share", function()
    assert.equal("pattern", run "return getmetatable(require('lpeg').P 'a')")
    assert.is_nil(run "return require('lpeg').P('a').setmaxstack")
    assert.is_nil(run "return require('lpeg').setmaxstack")
  end)

  it("cannot change the modules that another script, or the engine, sees", function()
    run [[
      string.rep, table.concat, math.floor, bit.band = nil, nil, nil, nil
      require("sonde.wire").pack = nil
      require("lpeg").match = nil
      ipairs, pcall, _G.next = nil, nil, nil
      return true
    ]]
    assert.equal("xx,yy", run "return table.concat({ ('x'):rep(2), string.rep('y', 2) }, ',')")
    assert.is_true(run [[
      return bit.band(3, 1) == 1 and math.floor(1.5) == 1 and require("sonde.wire").pack("B", 1) == "\1"
        and require("lpeg").match(require("lpeg").P "a", "a") == 2 and ipairs ~= nil and next ~= nil
    ]])
    assert.equal("function", type(string.rep))
    assert.equal("function", type(require("lpeg").match))
    assert.equal("function", type(require("sonde.wire").pack))
  end)

  it("cannot leave a global behind", function()
    run "leaked = 1; _G.leaked2 = 2; return true"
    assert.is_nil(rawget(_G, "leaked"))
    assert.is_nil(run "return leaked or leaked2")
  end)

  it("that does not compile is refused with its file and line", function()
    local value, problem = run "local a = 1\nlocal b = = 2\n"
    assert.is_nil(value)
    assert.truthy(problem:find "^scripts/some%.lua:2: ")
  end)

  it("that fails while it loads is refused with its file and line", function()
    local value, problem = run "\n\nerror 'not today'"
    assert.is_nil(value)
    assert.equal("scripts/some.lua:3: not today", problem)
  end)

  it("may use pure functions and the modules for scripts", function()
    assert.equal("number", run "return type(math.pi + #string.format('%d', 1) + bit.bor(1, 2))")
    assert.equal("function", run "return type(require 'sonde.expect')")
    assert.equal("SSH", run "local lpeg = require 'lpeg'; return lpeg.match(lpeg.C('SSH'), 'SSH-2')")
  end)
end)

describe("loader", function()
  -- A tree in memory: { [directory] = { file, ... } }; its files are read from real ones.
  local program = require "spec.support.program"

  local function with(files, use)
    program.directory(files, function(directory)
      local function list(path)
        local pipe = io.popen("ls " .. program.quoted(path) .. " 2>/dev/null && echo /")
        local names, found = {}, false
        for line in pipe:lines() do
          if line == "/" then found = true else names[#names + 1] = line end
        end
        pipe:close()
        return found and names or nil
      end
      use(loader.new(directory .. "/tree", list, { directory .. "/own" }), directory)
    end)
  end

  local function protocol(name, first)
    return ("return { name = '%s', first = '%s', fields = {}, handshake = function() end }"):format(name, first)
  end

  it("prefers the files of one's own directory to the tree's", function()
    with({
      ["tree/protocols/a.lua"] = protocol("a", "server"), ["tree/protocols/b.lua"] = protocol("b", "server"),
      ["own/protocols/a.lua"] = protocol("a", "client"),
    }, function(own)
      local protocols = own:protocols()
      assert.same({ "client", "server" }, { protocols.a.first, protocols.b.first })
    end)
  end)

  it("refuses a protocol whose file is named otherwise, and one that is not right, naming the file", function()
    with({ ["tree/x"] = "", ["own/protocols/a.lua"] = protocol("b", "server") }, function(own, directory)
      local protocols, problem = own:protocols()
      assert.is_nil(protocols)
      assert.equal(directory .. "/own/protocols/a.lua: its name is 'b', but a protocol's file is named after it", problem)
    end)
    with({ ["tree/protocols/a.lua"] = protocol("a", "nobody"), ["own/scripts/x"] = "" }, function(own)
      local _, problem = own:protocols()
      assert.truthy(problem:find("protocols/a.lua: first ", 1, true), problem)
    end)
    with({ ["tree/protocols/a.lua"] = "local x = 1", ["own/scripts/x"] = "" }, function(own)
      local _, problem = own:protocols()
      assert.equal("protocols/a.lua: returns nothing", problem)
    end)
    local another = protocol("a", "server"):gsub("{", "{ also = 'b',", 1)
    with({ ["tree/protocols/a.lua"] = another, ["own/scripts/x"] = "" }, function(own)
      local _, problem = own:protocols()
      assert.equal("protocols/a.lua: also names 'b', which is no protocol", problem)
    end)
    with({ ["tree/protocols/a.lua"] = another, ["own/protocols/b.lua"] = protocol("b", "server") }, function(own)
      assert.equal("b", assert(own:protocols()).a.also)
    end)
  end)

  it("refuses a directory that is not there", function()
    local nowhere = loader.new("tree", function() end)
    local protocols, problem = nowhere:protocols()
    assert.is_nil(protocols)
    assert.equal("tree: there is no such directory", problem)
  end)

  it("makes a function of a policy that asks its first question apart", function()
    with({
      ["own/scripts/x"] = "",
      ["both.lua"] = "return { first = function(t) return t.ask, { why = 'x' } end, after = function(t, a) t.after = a end }",
      ["one.lua"] = "return { first = function(t) return t.ask end }",
    }, function(own, directory)
      local function asked(name, target)
        function target:try(...) self.tried = { ... } return "attempt" end
        own:policy(("%s/%s.lua"):format(directory, name))(target)
        return target
      end
      local both = asked("both", { ask = "http" })
      assert.same({ "attempt", { "http", { why = "x" } } }, { both.after, both.tried })
      assert.is_nil(asked("both", {}).tried)
      assert.same({ "tls" }, asked("one", { ask = "tls" }).tried)
    end)
  end)

  it("takes a policy by name or by path, and only a function, or first with or without after", function()
    with({
      ["tree/scripts/policy/one.lua"] = "return function() return 1 end", ["own/scripts/x"] = "",
      ["mine.lua"] = "return function() return 2 end", ["table.lua"] = "return {}", ["none.lua"] = "",
      ["more.lua"] = "return { first = print, last = print }", ["text.lua"] = "return { first = 'wait' }",
      ["after.lua"] = "return { after = print }",
    }, function(own, directory)
      assert.equal(1, own:policy "one"())
      assert.equal(2, own:policy(directory .. "/mine.lua")())
      for _, name in ipairs { "table", "none", "more", "text", "after" } do
        local policy, problem = own:policy(directory .. "/" .. name .. ".lua")
        assert.is_nil(policy)
        assert.truthy(problem:find "%.lua: a policy returns a function%(target%), or its functions first and after$")
      end
      local policy, problem = own:policy "two"
      assert.is_nil(policy)
      assert.equal("no policy 'two'; there are: one", problem)
    end)
  end)
end)

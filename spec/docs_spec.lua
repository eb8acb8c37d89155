-- Everything the documents show is a file under docs/examples, and works.
--
--   ```lua   is a file, word for word; how it is tried depends on its folder
--   ```sh    is a file of docs/examples/run (its commands are run, offline and without privileges, and must succeed) or of
--            docs/examples/check (they need root or a network: the program is asked whether it understands them)
local loader_module = require "sonde.loader"
local sandbox = require "sonde.sandbox"
local signature = require "sonde.signature"
require "spec.support.peer"   -- supplies what protocols may require, where there is no program around them

local EXAMPLES = "docs/examples"
local SECONDS = 120   -- for one command; the sanitizers make it slow

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "*a"
  file:close()
  return text
end

local function lines_of(command)
  local lines, pipe = {}, assert(io.popen(command))
  for line in pipe:lines() do lines[#lines + 1] = line end
  pipe:close()
  return lines
end

local function list(path) return lines_of("ls '" .. path .. "' 2>/dev/null") end

local function absolute(path)
  if path:sub(1, 1) == "/" then return path end
  return lines_of("pwd")[1] .. "/" .. path
end

local SONDE = absolute(os.getenv "SONDE" or "sonde")

-- Runs a shell script; returns its exit status and all it printed.
local function run(script)
  local path = os.tmpname()
  local file = assert(io.open(path, "wb"))
  file:write(script)
  file:close()
  local lines = lines_of(("timeout %d bash -e %s </dev/null 2>&1; echo $?"):format(SECONDS, path))
  os.remove(path)
  return tonumber(table.remove(lines)), table.concat(lines, "\n")
end

local function succeeds(script)
  local status, output = run(script)
  assert.equal(0, status, script .. "\n" .. output)
  return output
end

local pages = { "README.md" }
for _, path in ipairs(lines_of "find docs -name '*.md' | sort") do pages[#pages + 1] = path end

local text_of = {}
for _, page in ipairs(pages) do text_of[page] = read(page) end

-- Calls each(language, text, line) for every fenced block of a page.
local function blocks(page, each)
  local language, start, collected, number = nil, nil, {}, 0
  for line in text_of[page]:gmatch "([^\n]*)\n" do
    number = number + 1
    local fence = line:match "^```(.*)$"
    if not fence then
      collected[#collected + 1] = line
    elseif language then
      each(language, table.concat(collected, "\n", 1, #collected) .. "\n", start)
      language = nil
    else
      language, start, collected = fence, number, {}
    end
  end
  assert(not language, page .. ": a fence is not closed")
end

local examples = {}   -- path -> text
for _, path in ipairs(lines_of("find " .. EXAMPLES .. " -type f | sort")) do examples[path] = read(path) end

local function example_with(text, ending)
  for path, content in pairs(examples) do
    if content == text and path:sub(-#ending) == ending then return path end
  end
end

local function names(folder, pattern)
  local found = {}
  for path in pairs(examples) do
    local name = path:match("^" .. EXAMPLES:gsub("%-", "%%-") .. "/" .. folder .. "/" .. (pattern or "([^/]+)%.lua") .. "$")
    if name then found[#found + 1] = name end
  end
  table.sort(found)
  return found
end

describe("the documents", function()
  it("show Lua and shell only as files of docs/examples", function()
    for _, page in ipairs(pages) do
      blocks(page, function(language, text, line)
        local where = ("%s line %d"):format(page, line)
        assert.is_truthy(("lua sh text json"):find(language, 1, true), where .. ": ```" .. language)
        if language == "lua" then assert.is_truthy(example_with(text, ".lua"), where .. " is no file of docs/examples") end
        if language == "sh" then
          local path = example_with(text, ".sh")
          assert.is_truthy(path, where .. " is no file of docs/examples")
          assert.is_truthy(path:match "/run/" or path:match "/check/", path)
        end
      end)
    end
  end)

  it("leave no example unmentioned", function()
    local shown, all = {}, {}
    for _, page in ipairs(pages) do
      all[#all + 1] = text_of[page]
      blocks(page, function(_, text) shown[text] = true end)
    end
    all = table.concat(all)
    for path, text in pairs(examples) do
      assert.is_true(shown[text] or all:find(path, 1, true) ~= nil, path .. " is neither shown nor named")
    end
  end)

  it("link to files and headings that are there", function()
    for _, page in ipairs(pages) do
      local prose = ("\n" .. text_of[page]):gsub("\n```.-\n```", "\n")
      for target in prose:gmatch "%]%(([^)%s]+)%)" do
        if not target:match "^https?:" then
          local path, heading = target:match "^([^#]*)#?(.*)$"
          path = path == "" and page or (page:match "^(.*/)" or "") .. path
          while path:find "[^/]+/%.%./" do path = path:gsub("[^/]+/%.%./", "", 1) end
          local file = io.open(path, "rb")
          assert.is_truthy(file, ("%s: no %s"):format(page, target))
          file:close()
          local found = heading == ""
          for title in ("\n" .. (text_of[path] or "")):gmatch "\n#+ ([^\n]+)" do
            found = found or title:lower():gsub("[^%w%s_-]", ""):gsub("%s", "-") == heading
          end
          assert.is_true(found, ("%s: no heading for %s"):format(page, target))
        end
      end
    end
  end)
end)

describe("the shell examples", function()
  for _, name in ipairs(names("run", "([^/]+)%.sh")) do
    it("run: " .. name, function()
      local commands = examples[EXAMPLES .. "/run/" .. name .. ".sh"]:gsub("%./sonde", SONDE)
      succeeds(("here=$PWD; cd \"$(mktemp -d)\"; trap 'rm -rf \"$PWD\"' EXIT; ln -s \"$here/docs\" docs\n%s"):format(commands))
    end)
  end

  -- Every command of a script, with its continuation lines, without what it is piped from or to.
  local function commands_of(script)
    local found = {}
    for line in script:gsub("\\\n%s*", " "):gmatch "[^\n]+" do
      line = line:gsub("%s*#.*$", "")
      for part in line:gmatch "[^|&;]+" do
        local command = part:match "^%s*(.-)%s*$"
        if command ~= "" then found[#found + 1] = (command:gsub("^sudo ", "")) end
      end
    end
    return found
  end

  for _, name in ipairs(names("check", "([^/]+)%.sh")) do
    it("are understood: " .. name, function()
      local script = examples[EXAMPLES .. "/check/" .. name .. ".sh"]
      local makefile, understood = read "Makefile", 0
      for _, command in ipairs(commands_of(script)) do
        local arguments = command:match "^%.?/?sonde (.*)$"
        local goal = command:match "^make (%l+)"
        if arguments then
          understood = understood + 1
          arguments = arguments:gsub("%s>%s*%S+$", "")
          succeeds(("%s %s --help"):format(SONDE, arguments))   -- stops at the first option that is none
          if arguments:match "^scan" and not arguments:find("--input zmap", 1, true) then
            succeeds(("%s %s --dry-run --no-default-blocklist --max-targets 5"):format(SONDE, arguments))
          end
        elseif goal then
          assert.is_truthy(("\n" .. makefile):find("\n" .. goal .. ":", 1, true), "make " .. goal)
        end
      end
      assert.is_true(understood > 0 or script:find "make " ~= nil, "nothing of Sonde's in it")
      succeeds(("bash -n %s/check/%s.sh"):format(EXAMPLES, name))
    end)
  end
end)

-- The specs of protocols among the examples, word for word, which find their protocols beside them.
for _, name in ipairs(names("spec/protocols", "([^/]+_spec)%.lua")) do
  local chunk = assert(loadfile(("%s/spec/protocols/%s.lua"):format(EXAMPLES, name)))
  setfenv(chunk, getfenv(1))
  chunk()
end

describe("the Lua examples", function()
  local example_loader = loader_module.new(".", list, { EXAMPLES })

  it("are protocols that load beside Sonde's own", function()
    local protocols = assert(example_loader:protocols())
    for _, name in ipairs(names "protocols") do
      assert.is_table(protocols[name])
      assert.is_truthy(examples[("%s/spec/protocols/%s_spec.lua"):format(EXAMPLES, name)], name .. " has no spec")
    end
  end)

  it("are signatures whose examples hold among all others", function()
    local set = assert(example_loader:signatures())
    local tried = 0
    for _, each in ipairs(set.all) do
      local path = each.name   -- a file of a directory of one's own goes by its whole path
      if examples[path] then
        for bytes, fields in pairs(each.given.examples or {}) do
          local found = signature.identify(set, bytes)
          assert.equal(each.protocol, found.service)
          if fields ~= true then assert.same(fields, found.fields) end
          tried = tried + 1
        end
        for _, bytes in ipairs(each.given.maybe_examples or {}) do
          assert.equal(each.protocol, signature.identify(set, bytes, { handshake = each.protocol }).service)
        end
        for _, bytes in ipairs(each.given.not_this or {}) do
          assert.is_not.equal(each.protocol, signature.identify(set, bytes).service)
        end
      end
    end
    assert.is_true(tried > 0)
  end)

  local function counters_of(arguments)
    local summary = os.tmpname()
    succeeds(("%s scan %s --seed 1 -q -o /dev/null --summary %s"):format(SONDE, arguments, summary))
    local decoded = require("cjson").decode(read(summary))
    os.remove(summary)
    return decoded.counters
  end

  for _, name in ipairs(names "scripts/policy") do
    it("are policies that scan a world: " .. name, function()
      local counters = counters_of(("--link sim:demo --max-targets 5000 --policy %s/scripts/policy/%s.lua")
        :format(EXAMPLES, name))
      assert.equal(0, counters.script_errors)
      assert.is_true(counters.services > 0)
    end)
  end

  for _, name in ipairs(names "world") do
    it("are worlds that can be scanned: " .. name, function()
      local counters = counters_of(("--link sim:%s/world/%s.lua --path %s --full"):format(EXAMPLES, name, EXAMPLES))
      assert.equal(0, counters.script_errors)
      assert.is_true(counters.services > 0)
    end)
  end

  for _, name in ipairs(names "lua") do
    it("run as scripts do: " .. name, function()
      local path = ("%s/lua/%s.lua"):format(EXAMPLES, name)
      local _, problem = sandbox.run(examples[path], path)
      assert.is_nil(problem)
    end)
  end
end)

describe("the reference", function()
  local function commands_in(help) return help:match "Commands:(.-)\n\n":gmatch "\n   (%l+) " end

  it("names every command and option", function()
    local page = text_of["docs/reference/command-line.md"]
    local help = succeeds(SONDE .. " --help")
    for command in commands_in(help) do
      assert.is_truthy(page:find("## sonde " .. command, 1, true), "sonde " .. command)
      for option in succeeds(("%s %s --help"):format(SONDE, command)):gmatch "%-%-%l[%l-]+" do
        assert.is_truthy(page:find("`" .. option .. "`", 1, true) or page:find("`" .. option .. " ", 1, true), option)
      end
    end
  end)

  it("names no option that is none", function()
    local helps = {}
    for command in commands_in(succeeds(SONDE .. " --help")) do
      helps[#helps + 1] = succeeds(("%s %s --help"):format(SONDE, command))
    end
    helps = table.concat(helps)
    for _, page in ipairs(pages) do
      for option in text_of[page]:gmatch "`(%-%-%l[%l-]+)" do
        assert.is_truthy((helps .. " --version"):find(option, 1, true), page .. ": " .. option)
      end
    end
  end)

  it("names every field of a record, and its type", function()
    local page = text_of["docs/reference/records.md"]
    for _, field in ipairs(require("sonde.record").fields) do
      assert.is_truthy(page:find(("| `%s` | %s |"):format(field[1], field[2]), 1, true), field[1])
    end
  end)

  it("names every key that records of a scan have", function()
    local page = text_of["docs/reference/records.md"]
    local path = os.tmpname()
    succeeds(("%s scan --link sim:demo --seed 1 -q --all --full --max-targets 8000 -o %s"):format(SONDE, path))
    local seen = {}
    for line in io.lines(path) do
      local record = require("cjson").decode(line)
      for key in pairs(record) do seen[key] = true end
      for key in pairs(record.syn_ack or {}) do seen[key] = true end
      for _, attempt in ipairs(record.attempts) do
        for key in pairs(attempt) do seen[key] = true end
      end
    end
    os.remove(path)
    for key in pairs(seen) do assert.is_truthy(page:find("| `" .. key .. "` |", 1, true), key) end
    assert.is_true(seen.attempts and seen.window and seen.outcome)
  end)

  it("has every verdict, with the meaning the program gives it", function()
    local page = text_of["docs/reference/records.md"]
    for _, row in ipairs(require("sonde.verdict").meanings) do
      assert.is_truthy(page:find(("| `%s` | %s |"):format(row[1], row[2]), 1, true), row[1])
    end
  end)

  it("of protocols and signatures is up to date", function()
    local fresh = table.concat(lines_of "luajit docs/reference/protocols.lua", "\n") .. "\n"
    assert.is_true(fresh == text_of["docs/reference/protocols.md"], "run: luajit docs/reference/protocols.lua > "
      .. "docs/reference/protocols.md")
  end)
end)

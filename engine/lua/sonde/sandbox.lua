-- What a script can name: pure functions, and the engine's modules for scripts; no io, os, ffi, debug or bytecode.

local lpeg = require "lpeg"

local sandbox = {}

local function copy(module, ...)
  local out = {}
  for key, value in pairs(module) do out[key] = value end
  for _, key in ipairs { ... } do out[key] = nil end
  return out
end

local function deep_copy(module)
  local out = {}
  for key, value in pairs(module) do out[key] = type(value) == "table" and deep_copy(value) or value end
  return out
end

-- Modules a script may require; each script gets copies, so that none can change what another sees.
local modules = {
  ["lpeg"] = function() return copy(lpeg, "setmaxstack", "locale") end,
  ["sonde.bacnet_messages"] = function() return copy(require "sonde.bacnet_messages") end,
  ["sonde.bson"] = function() return copy(require "sonde.bson") end,
  ["sonde.codesys_messages"] = function() return deep_copy(require "sonde.codesys_messages") end,
  ["sonde.digest"] = function() return copy(require "sonde.digest") end,
  ["sonde.der"] = function() return copy(require "sonde.der") end,
  ["sonde.expect"] = function() return require "sonde.expect" end,
  ["sonde.host_filter"] = function() return copy(require "sonde.host_filter") end,
  ["sonde.html"] = function() return copy(require "sonde.html") end,
  ["sonde.http_client"] = function() return copy(require "sonde.http_client") end,
  ["sonde.ipp_messages"] = function() return copy(require "sonde.ipp_messages") end,
  ["sonde.jarm"] = function() return copy(require "sonde.jarm") end,
  ["sonde.kerberos_messages"] = function() return copy(require "sonde.kerberos_messages") end,
  ["sonde.ldap_messages"] = function() return copy(require "sonde.ldap_messages") end,
  ["sonde.smb_messages"] = function() return copy(require "sonde.smb_messages") end,
  ["sonde.ssh_transport"] = function() return copy(require "sonde.ssh_transport") end,
  ["sonde.tls_messages"] = function() return deep_copy(require "sonde.tls_messages") end,
  ["sonde.wire"] = function() return copy(require "sonde.wire") end,
  ["sonde.text"] = function() return copy(require "sonde.text") end,
  ["sonde.words"] = function() return copy(require "sonde.words") end,
  ["sonde.xml"] = function() return copy(require "sonde.xml") end,
}

local base = {
  "assert", "error", "ipairs", "next", "pairs", "pcall", "rawequal", "rawget", "rawset", "select", "setmetatable",
  "getmetatable", "tonumber", "tostring", "type", "unpack", "xpcall", "_VERSION",
}

-- Lets a script say something to the person at the terminal, without touching standard output, where records go.
local function say(...)
  local words = {}
  for i = 1, select("#", ...) do words[i] = tostring((select(i, ...))) end
  io.stderr:write(table.concat(words, "\t"), "\n")
end

-- A fresh environment. `extra` adds names, e.g. a test's; `siblings(name)` may supply further modules to require.
function sandbox.environment(extra, siblings)
  local env = {}
  for _, name in ipairs(base) do env[name] = _G[name] end
  env._G = env
  env.print = say
  env.string = copy(string, "dump")
  env.table = copy(table)
  env.math = copy(math, "random", "randomseed")
  env.bit = copy(bit)
  local loaded = {}
  env.require = function(name)
    if loaded[name] == nil then
      local make = modules[name]
      local module = make and make() or siblings and siblings(name)
      if module == nil then error("a script cannot require '" .. tostring(name) .. "'", 2) end
      loaded[name] = module
    end
    return loaded[name]
  end
  for key, value in pairs(extra or {}) do env[key] = value end
  return env
end

-- Compiles Lua source (never bytecode) named `name` (e.g. "protocols/ssh.lua") into a function that runs in `env`.
-- Returns nil and a sentence with file and line when it does not compile.
function sandbox.compile(text, name, env)
  if text:byte(1) == 27 then return nil, name .. ": bytecode is not accepted" end
  local chunk, message = loadstring(text, "@" .. name)
  if not chunk then return nil, message end
  return setfenv(chunk, env)
end

-- Compiles and runs; returns the script's value, or nil and a sentence.
function sandbox.run(text, name, extra, siblings)
  local chunk, message = sandbox.compile(text, name, sandbox.environment(extra, siblings))
  if not chunk then return nil, message end
  local ok, value = pcall(chunk)
  if not ok then return nil, tostring(value) end
  return value
end

-- Strings share one metatable, and so do patterns: without this a script could reach and change functions that the engine
-- and other scripts use. What the methods of a string or a pattern reach must be as harmless as the copies above.
local function close(value, name)
  local metatable = getmetatable(value)
  if type(metatable) == "table" then metatable.__metatable = name end   -- else this module was loaded before
end
close("", "string")
close(lpeg.P(true), "pattern")
rawset(string, "dump", nil)
lpeg.setmaxstack = nil

return sandbox

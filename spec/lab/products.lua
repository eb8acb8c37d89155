-- The lab's products: one file in spec/lab/products for each. Reads and checks them, and writes what the lab's scripts need.
--
-- A product is a server that is run once, as its package brings it, and asked in every way. Its file returns:
--   title      its name for people, e.g. "Dropbear"
--   package    the Debian package whose version is the product's
--   packages   further ones it needs to be installed
--   unpack     packages that are unpacked for this product only, because they conflict with others; may hold `package`
--   tier       1: runs in `make test`; 2: runs in `make lab` only
--   start      a bash script that becomes the server, or waits for it; it may write anywhere, nobody else will see it
--   ready      a bash command that succeeds once the server is ready; by default its ports have to be listening
--   single     true: it talks to one at a time, so that only its own handshake and the ways are tried
--   serves     a list of what it serves, each (a port's second entry: another handshake there, without ways)
--     service    as Sonde names it
--     port       where
--     handshake  the protocol to finish, where that is not the service; false where Sonde has none
--     outcome    how its handshake ends, where that is not "done"
--     ways       which of WAYS it answers, e.g. { "wait", tls = "tls" }: by naming the service, or another one;
--                "unidentified" where nobody can tell. Has to be so exactly
--     fields     what the finished handshake must have learnt: name to value. Text with a $ is expanded by bash
--                when the server is up, which is how the server says itself what is true; a table { "text" } is found in
--                the value; { any = true } is any value; number and boolean are as they are
--     tls        the same for the record's tls
--     unasked    what it is taken for by who does not know what it is, where that is another service; false: is
--                not asked so, because its port is not its own
-- One product alone, without the other servers: make lab LAB_ONLY=caddy (or several names, with commas between them).
-- In `start`, `ready` and texts: $name, $address, $run (an empty directory), $version (of the package), $upstream (that
-- without Debian's revision), $key, $certificate (files, PEM, for lab.example) and $fingerprint (the certificate's SHA-256).
local products = { WAYS = { "wait", "http", "tls", "newlines" }, only = os.getenv "LAB_ONLY" }
if products.only == "" then products.only = nil end

local KEYS = {
  title = "string", package = "string", packages = "table", unpack = "table", tier = "number", start = "string",
  ready = "string", serves = "table", single = "boolean",
}
local SERVES = {
  service = "string", port = "number", handshake = "any", ways = "table", fields = "table", tls = "table",
  unasked = "any", outcome = "string",
}
local NEEDED = { "title", "package", "tier", "start", "serves" }
local FOLDER = "spec/lab/products"

local function check_keys(where, map, keys)
  for key, value in pairs(map) do
    assert(keys[key], where .. ": no key " .. tostring(key))
    assert(keys[key] == "any" or type(value) == keys[key], where .. ": " .. key .. " is a " .. tostring(keys[key]))
  end
end

local function check(name, product)
  check_keys(name, product, KEYS)
  for _, key in ipairs(NEEDED) do assert(product[key], name .. ": no " .. key) end
  assert(product.tier == 1 or product.tier == 2, name .. ": tier is 1 or 2")
  local ports = {}
  for _, one in ipairs(product.serves) do
    check_keys(name, one, SERVES)
    assert(one.service and one.port, name .. ": a service has a port")
    assert((one.ways == nil) == (ports[one.port] == true), name .. ": a port has ways, its second entry has none")
    ports[one.port] = true
  end
end

-- What a product serves at one port, with what can be left out; names of ways are keys.
local function endpoint(product, one)
  local ways = one.ways and {}
  for key, value in pairs(one.ways or {}) do
    if type(key) == "number" then ways[value] = one.service else ways[key] = value end
  end
  local handshake = one.handshake
  if handshake == nil then handshake = one.service end
  return {
    product = product.name, address = product.address, port = one.port, service = one.service, handshake = handshake,
    ways = ways, fields = one.fields or {}, tls = one.tls or {}, single = product.single,
    unasked = one.unasked == nil and one.service or one.unasked, outcome = one.outcome or "done",
    text = product.address .. ":" .. one.port,
  }
end

-- All products up to a tier, in the order of their names, each with name, address and endpoints.
function products.all(tier)
  local list, pipe, index = {}, assert(io.popen("LC_ALL=C ls " .. FOLDER)), 0
  for file in pipe:lines() do
    local name = assert(file:match "^([%w-]+)%.lua$", file)
    local product = dofile(FOLDER .. "/" .. file)
    check(name, product)
    index = index + 1
    product.name, product.address, product.endpoints = name, "198.19.1." .. index, {}
    local passes = {}
    for i, one in ipairs(product.serves) do
      passes[one.port] = (passes[one.port] or 0) + 1
      product.endpoints[i] = endpoint(product, one)
      product.endpoints[i].pass = passes[one.port]
    end
    if product.tier <= tier then list[#list + 1] = product end
  end
  pipe:close()
  return list
end

-- The products of a run: those of LAB_ONLY in the environment (names, with commas between them) alone, or all of a tier.
function products.chosen(tier)
  if not products.only then return products.all(tier) end
  local chosen, list = {}, {}
  for name in products.only:gmatch "[^,%s]+" do chosen[name] = true end
  for _, product in ipairs(products.all(2)) do
    if chosen[product.name] then list[#list + 1], chosen[product.name] = product, nil end
  end
  assert(not next(chosen), "LAB_ONLY: no product " .. tostring(next(chosen)))
  return list
end

-- The packages to be installed for a product, and those to be unpacked.
function products.packages(product)
  local unpacked, installed = {}, {}
  for _, name in ipairs(product.unpack or {}) do unpacked[name] = true end
  for _, name in ipairs { product.package, unpack(product.packages or {}) } do
    if not unpacked[name] then installed[#installed + 1] = name end
  end
  return installed, product.unpack or {}
end

local function write(path, ...)
  local file = assert(io.open(path, "w"))
  assert(file:write(...))
  assert(file:close())
end

-- A script that tells what is true: port, "fields" or "tls", name and text, a line each.
local function truth_script(product)
  local lines = {}
  for _, one in ipairs(product.endpoints) do
    for _, group in ipairs { "fields", "tls" } do
      for name, value in pairs(one[group]) do
        local text = type(value) == "table" and value[1] or value
        if type(text) == "string" then
          lines[#lines + 1] = ('tell %d %s %s "%s"\n'):format(one.port, group, name, (text:gsub('^"', '\\"')))
        end
      end
    end
  end
  table.sort(lines)
  return table.concat(lines)
end

-- How many handshakes a port may have.
products.PASSES = 2

local WAYS = [[
-- Every way to ask a product, each on a connection of its own.
return function(target)
  for _, name in ipairs { %s } do target:try(name, { fresh = true, timeout = 3 }) end
end
]]

local HANDSHAKES = [[
-- The handshake of each product, to its end.
local own = {
%s}

return function(target)
  local name = own[target.address .. ":" .. target.port]
  if name then target:try(name, { full = true }) end
end
]]

-- The policy that asks products in every way.
local function ways_policy()
  local ways = {}
  for i, way in ipairs(products.WAYS) do ways[i] = ("%q"):format(way) end
  return WAYS:format(table.concat(ways, ", "))
end

-- The policy that asks products for their first, or second, handshakes.
local function handshakes_policy(list, pass)
  local lines = {}
  for _, product in ipairs(list) do
    for _, one in ipairs(product.endpoints) do
      if one.handshake and one.pass == pass then lines[#lines + 1] = ("  [%q] = %q,\n"):format(one.text, one.handshake) end
    end
  end
  return HANDSHAKES:format(table.concat(lines))
end

-- For lab.sh, in a folder: NAME.start, NAME.ready and NAME.truth of every product, the policies, and a list with a line for
-- each: name, address, package, ports (comma-separated), unpacked packages.
function products.write(folder, tier)
  local list, lines = products.chosen(tier), {}
  for i, product in ipairs(list) do
    local ports = {}
    for j, one in ipairs(product.endpoints) do ports[j] = one.port end
    lines[i] = table.concat({ product.name, product.address, product.package, table.concat(ports, ","),
      table.concat(product.unpack or {}, " ") }, " ") .. "\n"
    write(("%s/%s.start"):format(folder, product.name), product.start)
    write(("%s/%s.ready"):format(folder, product.name), product.ready or "true", "\n")
    write(("%s/%s.truth"):format(folder, product.name), truth_script(product))
  end
  write(folder .. "/ways.lua", ways_policy())
  for pass = 1, products.PASSES do
    write(("%s/handshakes-%d.lua"):format(folder, pass), handshakes_policy(list, pass))
  end
  write(folder .. "/list", table.concat(lines))
end

local commands = {}

function commands.write(folder, tier)
  products.write(assert(folder, "folder"), assert(tonumber(tier), "tier"))
end

-- The packages to be installed for the products of LAB_ONLY, a line each.
function commands.packages()
  for _, product in ipairs(products.chosen(2)) do
    for _, package in ipairs((products.packages(product))) do print(package) end
  end
end

if arg and arg[0] and arg[0]:find "products%.lua$" and commands[arg[1]] then commands[arg[1]](arg[2], arg[3]) end

return products

-- The lab's products and what is made of what they answer: needs neither root nor a network.
local checks = require "spec.lab.products_checks"
local products = require "spec.lab.products"

local function words_of(path)
  local words = {}
  for line in io.lines(path) do
    for word in line:gsub("#.*", ""):gmatch "%S+" do words[word] = true end
  end
  return words
end

describe("the lab's products", function()
  it("have every package they need in the list of their tier", function()
    local small, missing = words_of "spec/lab/packages", {}
    local all = words_of "spec/lab/packages.all"
    for _, product in ipairs(products.all(2)) do
      for _, package in ipairs((products.packages(product))) do
        if not small[package] and not (product.tier == 2 and all[package]) then
          missing[#missing + 1] = product.name .. ": " .. package
        end
      end
    end
    assert.same({}, missing)
  end)

  it("of the first tier are among those of the second, with an address of their own each", function()
    local all, addresses = {}, {}
    for _, product in ipairs(products.all(2)) do
      assert.is_nil(addresses[product.address])
      addresses[product.address], all[product.name] = true, product.address
    end
    for _, product in ipairs(products.all(1)) do assert.equal(all[product.name], product.address) end
  end)
end)

describe("what is made of a product's answers", function()
  local one = {
    product = "lab", port = 22, service = "ssh", handshake = "ssh", outcome = "done", unasked = "ssh",
    ways = { wait = "ssh" }, fields = { software = "Lab_$upstream", proven = true, banner = { "SSH" }, list = "a b" }, tls = {},
  }
  local truth = { texts = { ["22 fields software"] = "Lab_1", ["22 fields banner"] = "SSH", ["22 fields list"] = "a b" } }
  local good = { software = "Lab_1", proven = true, banner = "SSH-2.0", list = { "a", "b" } }

  local function handshake(fields, more)
    local attempts = { { handshake = "ssh", outcome = "done" } }
    local record = { service = "ssh", verdict = "service", fields = fields, attempts = attempts }
    for key, value in pairs(more or {}) do record[key] = value end
    return checks.handshake(one, record, truth)
  end

  local function with(name, value)
    local fields = {}
    for key, each in pairs(good) do fields[key] = each end
    fields[name] = value
    return fields
  end

  it("is nothing where all is as it has to be", function()
    assert.same({}, handshake(good))
  end)

  it("is a complaint where a field is another, or missing", function()
    assert.same({ "lab 22: fields.software is Lab_2, not Lab_1" }, handshake(with("software", "Lab_2")))
    assert.same({ "lab 22: fields.proven is false, not true" }, handshake(with("proven", false)))
    assert.same({ "lab 22: fields.banner is telnet, not SSH" }, handshake(with("banner", "telnet")))
    assert.same({ "lab 22: fields.list is a, not a b" }, handshake(with("list", { "a" })))
    local fields = with "software"
    assert.same({ "lab 22: fields.software is missing, not Lab_1" }, handshake(fields))
  end)

  it("is a complaint where the handshake is not done, or names another service", function()
    local attempts = { { handshake = "ssh", outcome = "timeout" } }
    assert.same({ "lab 22: ssh ended with timeout: " }, handshake(good, { attempts = attempts }))
    assert.same({ "lab 22: is taken for telnet" }, handshake(good, { service = "telnet" }))
    assert.equal(2, #checks.handshake({ product = "lab", port = 22, service = "ssh", handshake = "ssh", outcome = "done",
      fields = {}, tls = {} }, nil, truth))
  end)

  it("is a complaint where a text of the truth is empty, because its command failed", function()
    local broken = { texts = { ["22 fields banner"] = "", ["22 fields software"] = "Lab_1", ["22 fields list"] = "a b" } }
    local record = { service = "ssh", fields = good, attempts = { { handshake = "ssh", outcome = "done" } } }
    assert.same({ "lab 22: fields.banner is SSH-2.0, not " }, checks.handshake(one, record, broken))
  end)

  it("is a complaint for every way that is answered otherwise than declared", function()
    local function asked(...)
      local attempts = {}
      for i, way in ipairs(products.WAYS) do attempts[i] = { handshake = way, service = select(i, ...) } end
      return checks.ways(one, { attempts = attempts })
    end
    assert.same({}, asked("ssh", nil, nil, nil))
    assert.same({ "lab 22: wait is answered by nothing, not by ssh" }, asked(nil, nil, nil, nil))
    assert.same({ "lab 22: http is answered by ssh, not by nothing" }, asked("ssh", "ssh", nil, nil))
    assert.same({ "lab 22: tls is answered by unidentified, not by nothing" }, checks.ways(one, { attempts = {
      { handshake = "wait", service = "ssh" }, { handshake = "http" }, { handshake = "tls", services = {} },
      { handshake = "newlines" },
    } }))
    assert.equal(#products.WAYS, #checks.ways(one, nil))
  end)

  it("is a complaint where who does not know it takes it for another", function()
    assert.same({}, checks.unasked(one, { service = "ssh" }))
    assert.same({ "lab 22: is taken for silent" }, checks.unasked(one, { verdict = "silent" }))
  end)
end)

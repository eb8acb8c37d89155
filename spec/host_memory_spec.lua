local host_memory = require "sonde.host_memory"

describe("host memory", function()
  it("gives a host's targets the same table, and each host its own", function()
    local of, known = host_memory()
    local host = of "192.0.2.1"
    host.everywhere = true
    assert.equal(host, of "192.0.2.1")
    assert.equal(host, known "192.0.2.1")
    assert.is_nil(of("192.0.2.2").everywhere)
    assert.equal("192.0.2.2", of("192.0.2.2").address)
  end)

  it("makes nothing for who only looks", function()
    local of, known, any = host_memory()
    assert.is_nil(known "192.0.2.1")
    assert.is_false(any())
    of "192.0.2.1"
    assert.is_true(any())
  end)

  it("is bounded: the hosts seen last are remembered, and at least as many as it is made for", function()
    local of, known = host_memory(100)
    for i = 1, 1000 do of("host " .. i).number = i end
    local remembered = 0
    for i = 1, 1000 do remembered = remembered + (known("host " .. i) and 1 or 0) end
    assert.is_true(remembered >= 100 and remembered <= 200, remembered)
    for i = 901, 1000 do assert.equal(i, known("host " .. i).number) end
    assert.is_nil(known "host 1")
  end)

  it("does not forget a host that is still met", function()
    local of = host_memory(10)
    of("mine").kept = true
    for i = 1, 1000 do
      of("host " .. i)
      assert.is_true(of("mine").kept)
    end
  end)

  it("is large enough that a scan of 65536 hosts forgets none", function()
    local of, known = host_memory()
    for i = 1, 65536 do of("host " .. i) end
    assert.is_not_nil(known "host 1")
  end)
end)

-- Small blocks cut from chunks: their contents stay apart, and memory given back is used again.
local C, ffi = require "spec.support.c" ("arena")

describe("an arena", function()
  local arena

  before_each(function() arena = C.arena_create() end)
  after_each(function() C.arena_destroy(arena) end)

  local function bytes(block) return ffi.cast("uint8_t *", block) end

  it("gives blocks of any size that do not overlap, aligned to 16 bytes", function()
    local blocks = {}
    for size = 1, 1100 do
      local block = bytes(C.arena_allocate(arena, size))
      assert.equal(0, tonumber(ffi.cast("uintptr_t", block) % 16))
      ffi.fill(block, size, size % 251)
      blocks[size] = block
    end
    for size, block in ipairs(blocks) do
      for i = 0, size - 1 do assert(block[i] == size % 251, "overwritten: a block of " .. size .. " bytes") end
    end
    for size = 1025, 1100 do C.arena_free(arena, blocks[size], size) end
  end)

  it("uses a freed block again for one of its size class, and for no other", function()
    local block = C.arena_allocate(arena, 33)
    C.arena_free(arena, block, 33)
    assert.is_false(C.arena_allocate(arena, 49) == block)
    assert.is_true(C.arena_allocate(arena, 48) == block)
  end)

  it("keeps what a block holds when its size changes, within its class, to another, and to and from large", function()
    local sizes = { 20, 30, 100, 1000, 5000, 9000, 700, 8 }
    local block = bytes(C.arena_allocate(arena, sizes[1]))
    for i = 0, 7 do block[i] = 100 + i end
    for at = 2, #sizes do
      block = bytes(C.arena_resize(arena, block, sizes[at - 1], sizes[at]))
      for i = 0, 7 do assert.equal(100 + i, block[i]) end
      ffi.fill(block + 8, sizes[at] - 8, 255)
    end
  end)

  it("goes on when a chunk is full", function()
    local seen = {}
    for _ = 1, 5000 do
      local at = tostring(C.arena_allocate(arena, 1024))
      assert.is_nil(seen[at])
      seen[at] = true
    end
  end)
end)

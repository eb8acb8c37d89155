local C, ffi = require "spec.support.c" ("error", "child")

ffi.cdef [[
int fcntl(int descriptor, int command, ...);
int pause(void);
]]

local F_GETFD = 1

-- start(child, run): `run` is called in the new process, with its ends of the two ways; true is an end without failure.
local function start(child, run)
  local call = ffi.cast("child_fn", function(_, pipe, control)
    local ok, well = pcall(run, pipe, control)
    return ok and well and 0 or 1
  end)
  local why = ffi.new "struct error"
  assert(C.child_start(child, call, nil, why) == 0, ffi.string(why.text))
  call:free()
end
jit.off(start)

local function end_of(child)
  local how = ffi.new "char[80]"
  return C.child_reap(child, how), ffi.string(how)
end

local function is_open(descriptor) return ffi.C.fcntl(descriptor, F_GETFD) >= 0 end

local function live() ffi.C.pause() end

describe("a child", function()
  it("says how it ended", function()
    local child = ffi.new "struct child"
    start(child, function() return true end)
    assert.same({ true, "exit status 0" }, { end_of(child) })
    start(child, function() return false end)
    assert.same({ false, "exit status 1" }, { end_of(child) })
    start(child, live)
    C.child_kill(child)
    assert.same({ false, "killed by signal 9 (Killed)" }, { end_of(child) })
    assert.equal(0, child.pid)
  end)

  it("holds no end of the ways to others of the same master, which would not notice its end", function()
    local children = ffi.new "struct child[3]"
    for i = 0, 2 do children[i].next = children + (i + 1) % 3 end
    start(children[0], live)
    start(children[1], live)
    local pipes, controls = {}, {}
    for i = 0, 1 do pipes[i], controls[i] = children[i].pipe, children[i].control end
    start(children[2], function(pipe, control)
      if not (is_open(pipe) and is_open(control)) then return false end
      for i = 0, 1 do
        if is_open(pipes[i]) or is_open(controls[i]) then return false end
      end
      return true
    end)
    local well = end_of(children[2])
    for i = 0, 1 do
      C.child_kill(children[i])
      end_of(children[i])
    end
    assert.is_true(well)
  end)
end)

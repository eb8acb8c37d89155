-- Ways in which bytes can be wrong, chosen by chance: random(n) gives 0 <= x < n.
local char = string.char

local NOISE_MAX = 200
local ANSWER_MAX = 16384   -- bytes that doubling and splicing may make of an answer
-- An answer comes in at most about so many pieces, a long one in fewer: bytes times pieces are at most about so many.
local PIECES_MAX, WORK_MAX = 500, 8000000
local HOSTILE = { 0, 1, 127, 128, 192, 254, 255, 10, 13, 32, 45, 48 }

local damage = {}

-- Bytes without any form, 1 to max of them.
function damage.noise(random, max)
  local bytes = {}
  for index = 1, 1 + random(max or NOISE_MAX) do bytes[index] = char(random(256)) end
  return table.concat(bytes)
end

local function value(random) return char(random(2) == 0 and random(256) or HOSTILE[random(#HOSTILE) + 1]) end

local ways = {
  function(bytes, at) return bytes:sub(1, at) end,
  function(bytes, at, random) return bytes:sub(1, at) .. value(random) .. bytes:sub(at + 2) end,
  function(bytes, at, random) return bytes:sub(1, at) .. value(random) .. bytes:sub(at + 1) end,
  function(bytes, at, random) return bytes:sub(1, at) .. bytes:sub(at + 1 + random(8)) end,
  function(bytes, at, random) return bytes:sub(1, at) .. bytes:sub(random(#bytes + 1)) end,
  function(bytes, at, random) return bytes:sub(1, at) .. value(random):rep(1 + random(4)) .. bytes:sub(at + 2) end,
  function(bytes, at, random)
    return bytes:sub(1, at) .. value(random):rep(random(8) == 0 and random(3000) or random(40)) .. bytes:sub(at + 1)
  end,
  function(bytes) return bytes .. bytes end,
  -- one number of two or four bytes, at its ends
  function(bytes, at, random)
    local size = random(2) == 0 and 2 or 4
    return bytes:sub(1, at) .. ("\0\127\128\255"):sub(1 + random(4)):sub(1, 1)
      .. (random(2) == 0 and "\0" or "\255"):rep(size - 1) .. bytes:sub(at + 1 + size)
  end,
  -- the head of this answer, the tail of another
  function(bytes, at, random, others)
    local other = others[random(#others) + 1]
    return bytes:sub(1, at) .. other:sub(1 + random(#other + 1))
  end,
}

-- `bytes` made wrong once or a few times; `others` are answers to splice with.
function damage.answer(bytes, random, others)
  for _ = 1, random(4) == 0 and 1 + random(4) or 1 do
    bytes = ways[random(#ways) + 1](bytes, random(#bytes + 1), random, others)
  end
  return #bytes > ANSWER_MAX and bytes:sub(1, ANSWER_MAX) or bytes
end

-- A conversation (spec/support/peer.lua) made wrong: some of its answers damaged, some replaced by noise.
function damage.conversation(steps, random, others)
  local conversation = {}
  for index, step in ipairs(steps) do
    if type(step) == "function" then
      conversation[index] = function(sent) return damage.answer(step(sent), random, others) end
    elseif type(step) == "string" then
      local turn = random(8)
      conversation[index] = turn == 0 and damage.noise(random)
        or turn < 6 and damage.answer(step, random, others) or step
    else
      conversation[index] = step
    end
  end
  return conversation
end

-- How the peer delivers `size` bytes and ends: at once or in pieces; with FIN, RST or silence.
function damage.delivery(size, random)
  local least = math.floor(size / PIECES_MAX + size * size / WORK_MAX)
  local most = ({ 1, 3, 40, 1500 })[random(4) + 1]
  return {
    deaf = true, ending = ({ "close", "reset", "silence" })[random(3) + 1],
    chunk = random(3) > 0 and function() return least + 1 + random(most) end or nil,
  }
end

return damage

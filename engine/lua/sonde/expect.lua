-- expect(value, what): a protocol's word that an answer must be so; ends the handshake with outcome "mismatch".

local mismatch = { __tostring = function(failure) return failure.outcome .. ": " .. tostring(failure.what) end }

-- Returns value when it is neither nil nor false; otherwise raises { outcome = "mismatch", what = what }.
local function expect(value, what)
  if value then return value end
  error(setmetatable({ outcome = "mismatch", what = what }, mismatch), 0)
end

return expect

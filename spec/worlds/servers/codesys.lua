-- A CODESYS 2 runtime's service for tools (its observed form): describes its device, in either order of bytes.
local wire = require "sonde.wire"

local OPTIONS = {
  os = "its operating system", os_version = "of that", product = "its name", big = "true: its machine has the highest byte first",
}

-- A mark, the number of the service and what is asked of it: 1 is the description.
local MARK, DESCRIPTION, TEXT_LENGTH, TEXTS_AT = "\187\187", 1, 32, 65

local function serve(conn, host)
  local options = host.options
  local number = options.big and ">I4" or "<I4"
  while true do
    if conn:receive(2) ~= MARK then return end
    if wire.unpack(number, conn:receive(4)) ~= DESCRIPTION or conn:receive(1) ~= "\1" then return end
    local head = MARK .. wire.pack(number, 2) .. "\1\1"
    local text = ("c%d "):format(TEXT_LENGTH):rep(3)
    conn:send(head, ("\0"):rep(TEXTS_AT - #head), wire.pack(text, options.os, options.os_version, options.product))
  end
end

return { serve = serve, options = OPTIONS }

-- What a script raised, made into an outcome and a sentence with file and line, whatever it raised.

local failure = {}

local SENTENCE_MAX = 500
local ENGINE = "engine/lua/sonde/"

-- What a handshake may raise to say how its connection ended (sonde.conn, sonde.expect); all else is a script's error.
local OUTCOMES = {
  timeout = true, closed = true, reset = true, overflow = true, tls = true, mismatch = true, no_ack = true,
  zero_window = true, answered = true,
}

-- Any text as one line of printable ASCII: an error may quote what a server sent.
local function printable(text)
  if #text > SENTENCE_MAX then text = text:sub(1, SENTENCE_MAX) .. "..." end
  return (text:gsub("[^\32-\126]", function(byte) return ("\\x%02x"):format(byte:byte()) end))
end

-- The file and line of the script that runs, seen from within an error handler, or of the one that ended a thread with an error:
-- engine code is not where the fault is.
local function place(thread)
  for level = thread and 0 or 3, 100 do
    local frame
    if thread then frame = debug.getinfo(thread, level, "Sl") else frame = debug.getinfo(level, "Sl") end
    if not frame then return end
    if frame.currentline > 0 and not frame.source:find(ENGINE, 1, true) then
      return frame.short_src .. ":" .. frame.currentline .. ": "
    end
  end
end

-- A value's sentence, without calling anything the script gave it.
local function sentence_of(raised)
  local kind = type(raised)
  if kind == "string" or kind == "number" then return tostring(raised) end
  if kind == "table" and type(rawget(raised, "outcome")) == "string" then
    return "raised the outcome '" .. rawget(raised, "outcome") .. "'"
  end
  return "raised a " .. kind
end

local function located(raised, thread)
  local sentence = sentence_of(raised)
  if type(raised) == "string" then
    local rest = sentence:match "^[^:\n]*lua/sonde/[%w_/]*%.lua:%d+: (.*)$"
    if not rest and sentence:find "^[^\n]-:%d+: " then return sentence end
    sentence = rest or sentence
  end
  return (place(thread) or "") .. sentence
end

-- What a handshake raised that ended its thread: an outcome, "script_error" unless a known one was raised, and what it says.
function failure.of_handshake(raised, thread)
  local outcome = type(raised) == "table" and rawget(raised, "outcome")
  if type(outcome) == "string" and OUTCOMES[outcome] then
    local what = rawget(raised, "what")
    return outcome, type(what) == "string" and printable(what) or nil
  end
  return "script_error", printable(located(raised, thread))
end

-- For xpcall around other scripts, or what ended such a script's thread: the sentence.
function failure.of_script(raised, thread)
  return printable(located(raised, thread))
end

-- A sentence about a function of a script, with its place where the sentence names none.
function failure.of_function(f, sentence)
  sentence = tostring(sentence)
  if sentence:find "^[^\n]-:%d+: " then return sentence end
  local where = debug.getinfo(f, "S")
  return printable(("%s:%d: %s"):format(where.short_src, where.linedefined, sentence))
end

-- A sentence that C made, as it may stand in a record.
failure.printable = printable

return failure

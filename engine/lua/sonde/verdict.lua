-- What a target turned out to be, from its SYN-ACK and its attempts. The table of verdicts is in docs/reference/records.md.

local verdict = {}

-- Every verdict with its meaning, in the order `sonde list verdicts` prints.
verdict.meanings = {
  { "service", "sent data, and a signature knows it" },
  { "unidentified", "sent data, no signature knows it for certain" },
  { "silent", "acknowledged our data, sent none" },
  { "reset_after_data", "acknowledged our data, then RST without sending any" },
  { "closed_after_data", "acknowledged our data, then FIN without sending any" },
  { "no_ack", "completed the handshake, never acknowledged data" },
  { "reset", "RST before acknowledging anything" },
  { "closed", "FIN before acknowledging anything" },
  { "zero_window", "SYN-ACK with a zero window that did not open" },
  { "shunned", "answered once, then nothing to later connections" },
  { "open", "sent a SYN-ACK; nothing more was asked of it (--syn-only)" },
  { "untried", "completed the handshake; was sent nothing, or the scan stopped before it could answer" },
  { "script_error", "a script failed before anything was known" },
  { "refused", "RST to the SYN (recorded with --all)" },
  { "filtered", "nothing, or an ICMP error, in answer to the SYN (recorded with --all)" },
}

-- The strongest thing an attempt without data shows, larger is stronger.
local rank = {
  silent = 7, closed_after_data = 6, reset_after_data = 5, zero_window = 4, no_ack = 3, reset = 2, closed = 1,
}

-- Why a later connection did not open, where that is the target's doing.
local turned_away = { refused = true, filtered = true, unreachable = true }

-- Records' members beside the verdict, with their meaning, in the order in which sonde.record writes them.
verdict.signs = {
  { "half_open", "boolean", "true: with `no_ack`, the SYN-ACK came again although acknowledged: what we send does not arrive" },
  { "window_opened", "boolean", "whether a window that was zero opened while data waited for it; absent where none waited" },
  { "echo", "boolean", "true: what came is what we had sent" },
  { "tarpit", "boolean", "true: a window of a few bytes that stays so, and no more than a byte a second, if any" },
  { "shuns", "string", "with `shunned`, as a policy found: `address` (no port tried answers any more) or `port` (others do)" },
}

local function of_attempt(attempt)
  local outcome = attempt.outcome
  if outcome == "stopped" then return nil end
  if outcome == "no_ack" or outcome == "zero_window" then return outcome end
  if outcome == "reset" then return attempt.acked and "reset_after_data" or "reset" end
  if outcome == "closed" then return attempt.acked and "closed_after_data" or "closed" end
  if attempt.acked then return "silent" end
  return nil   -- nothing was sent, or nobody waited for an answer: says nothing yet
end

-- attempts: array of attempts; syn_ack: table or nil. Returns the verdict's name.
function verdict.of(attempts, syn_ack)
  local best, opened_later, failed_later = nil, false, false
  for i, attempt in ipairs(attempts) do
    if attempt.service then return "service" end
    if attempt.data then
      best = "unidentified"
    elseif attempt.opened then
      local shown = of_attempt(attempt)
      if shown and best ~= "unidentified" and (not best or rank[shown] > rank[best]) then best = shown end
      opened_later = opened_later or (i > 1 and not attempt.reused)
    elseif turned_away[attempt.outcome] then
      failed_later = true
    end
  end
  if best == "unidentified" then return best end
  if failed_later and not opened_later then return "shunned" end
  if best then return best end
  if syn_ack and syn_ack.window == 0 then return "zero_window" end
  return "untried"
end

local TINY_WINDOW = 64   -- bytes: no stack that means to talk offers less (RFC 9293 3.7.1: segments of 536 bytes)
local DRIP = 1           -- bytes a second

-- Whether the peer took a few bytes at a time all along, and said next to nothing.
local function drips(attempt)
  local least, window = attempt.window_least or 0, attempt.window
  if least == 0 or least >= TINY_WINDOW or window >= TINY_WINDOW then return false end
  return #(attempt.data or "") <= 1 + DRIP * attempt.seconds
end

-- What sets a target apart from others of its verdict: half_open, window_opened, echo, tarpit, each as verdict.signs says, or
-- nil. name: the verdict.
function verdict.signs_of(attempts, name)
  local half_open, opened, stayed, echo, tarpit
  for i = 1, #attempts do
    local attempt = attempts[i]
    if attempt.opened then
      half_open = half_open or name == "no_ack" and attempt.syn_ack_repeats
      opened = opened or attempt.window_opened
      stayed = stayed or attempt.outcome == "zero_window"
      echo = echo or attempt.echo
      tarpit = tarpit or name ~= "service" and drips(attempt)
    end
  end
  local window_opened
  if opened then window_opened = true elseif stayed then window_opened = false end
  return half_open and true or nil, window_opened, echo or nil, tarpit or nil
end

return verdict

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

return verdict

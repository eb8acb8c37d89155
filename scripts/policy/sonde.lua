-- Sonde's own: the port's protocol first, then what answers most, on as few connections, packets and seconds as that takes.
--
-- What it knows that an order alone does not:
-- * Bytes name the service, whatever was asked. So who waited in vain asks on the same connection, and a server that is
--   slow to greet is heard there; and who asked in vain need not wait once more: a server that speaks first would have.
-- * One connection to each target is patient. What has been silent that long is asked the rest in a hurry.
-- * Data that is never acknowledged, a window that stays shut and an RST that explains itself are answers: no more questions.
-- * A host that was silent to every question on several ports and answered on none is a firewall that acknowledges for
--   others: its further ports are asked two questions, not all.

local ORDER = { "tls", "http", "dns", "pptp" }
local GREETS = {   -- server-first protocols that ports are assigned to
  ssh = true, ftp = true, smtp = true, pop3 = true, imap = true, mysql = true, telnet = true, vnc = true, nntp = true,
  irc = true, rsync = true, svn = true, managesieve = true, teamspeak = true, gearman = true, chargen = true, daytime = true,
  qotd = true, time = true, snpp = true, nats = true, wait = true,
}
local GREETING = 1       -- seconds, and two round trips, within which most servers that greet have begun to
local PATIENCE = 13      -- seconds of the one connection that is patient: the slowest greeters look their visitor up first
local HURRY = 3          -- seconds, and four round trips, of the others
local SILENT_PORTS = 4   -- of a host that is taken for a firewall
local FIREWALL_QUESTIONS = 2

-- What to ask first, and why; the next question goes out on the connection that `wait` waited on.
local function first_question(expected)
  if expected and not GREETS[expected] then return expected, "expected on this port" end
  return "wait", expected and expected .. ", expected on this port, speaks first" or "nothing is expected on this port"
end

local function is_over(attempt)
  return attempt.data or not attempt.opened or attempt.outcome == "no_ack" or attempt.outcome == "zero_window"
    or attempt.reset_payload
end

return function(target)
  local syn_ack, expected, host = target.syn_ack, target.expected, not target.alone and target.host or nil
  if syn_ack and syn_ack.window == 0 then return end
  local patient, asked, rtt = true, 0, 0
  local firewall = host and (host.silent_ports or 0) >= SILENT_PORTS and not host.answered
  for i = -1, #ORDER do
    local name, why = ORDER[i], "no answer so far: the likeliest that is left"
    if i == -1 then name, why = first_question(expected) end
    if i == 0 then name, why = target.expected_also, "the other form of what is expected on this port" end
    if i == -1 or name and name ~= expected then
      if firewall and asked == FIREWALL_QUESTIONS then return end
      local timeout, waits = HURRY + 4 * rtt, name == "wait"
      if waits then
        timeout = GREETING + 2 * rtt
      elseif patient then
        timeout = i <= 0 and PATIENCE or PATIENCE - GREETING
      end
      local attempt = target:try(name, { timeout = timeout, why = firewall and why .. "; host silent on other ports" or why })
      rtt = attempt.rtt or rtt
      if host and attempt.service then host.answered = true end
      if is_over(attempt) then return end
      if not waits then
        asked = asked + 1
        if attempt.outcome == "timeout" then patient = false end
      end
    end
  end
  if host then host.silent_ports = (host.silent_ports or 0) + 1 end
end

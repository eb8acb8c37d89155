-- What speaks inside TLS: once a session is up, the target is asked again in it, as a policy asks in the clear.

local QUIET = 1          -- seconds a server gets to speak first
local SESSIONS_MAX = 3   -- per target: a handshake that got no answer has used its session up

-- What to ask, in this order: what the port is for, where that speaks first; else wait a moment, then what the port is
-- for, then HTTP.
local function questions(context, port)
  local assigned = context.expected_inside(port)
  local protocol = assigned and context.protocols[assigned]
  local list = { "wait" }
  if protocol and protocol.first == "client" then list[2] = assigned end
  if assigned ~= "http" then list[#list + 1] = "http" end
  return list
end

-- A session in which nothing was asked yet: the open one, or another. sessions: how many there were; opener: the
-- handshake that makes one. Returns the session's number, or nil where none comes up.
local function session(target, used, sessions, opener)
  if not used and target:is_secured() then return sessions end
  if sessions >= SESSIONS_MAX then return nil end
  local attempt = target:try(opener, { full = true, fresh = true }, { bare = true })
  attempt.follow_up = true
  return attempt.outcome == "done" and target:is_secured() and sessions + 1 or nil
end

-- target has just finished the handshake `opener` and has TLS on its connection. Its attempts inside say what was found.
return function(target, opener)
  local context, used, sessions = target.context, false, 1
  local found
  for _, name in ipairs(questions(context, target.port)) do
    sessions = session(target, used, sessions, opener)
    if not sessions then return end
    found = target:try(name, { full = name ~= "wait" }, { inside = true, seconds = name == "wait" and QUIET or nil })
    used = found.sent
    if found.data then break end
  end
  local service = found.service
  local protocol = service and context.protocols[service]
  local asked = context.protocols[found.handshake]
  local rides = found.outcome == "done" and asked and asked.service == service   -- as docker on http
  if not protocol or found.handshake == service or rides then return end
  if session(target, used, sessions, opener) then
    target:try(service, { full = true }, { inside = true }).follow_up = true
  end
end

-- XML as far as streams of it need it: reads one tag after the other, without a tree. Nothing is expanded or looked up.

local xml = {}

local TAG_MAX = 2048

-- The next tag with the text before it, and its name: "/a" for </a>; nil where there is none.
function xml.receive_tag(conn)
  local tag = conn:receive_until(">", TAG_MAX)
  return tag, tag:match "<([^%s>]-)/?>$" or tag:match "<([^%s>]+)"
end

-- The value of a tag's attribute, as it stands there.
function xml.attribute(tag, name)
  return tag:match("%s" .. name .. "%s*=%s*'([^']*)'") or tag:match("%s" .. name .. '%s*=%s*"([^"]*)"')
end

return xml

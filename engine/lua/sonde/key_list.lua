-- Known public keys: a file of lines "SHA-256 label", so that records say whose key a server has.

local key_list = {}

-- The SHA-256 of a SubjectPublicKeyInfo (the record's tls.key_sha256) in hexadecimal, with or without colons; white
-- space; the label, to the end of the line. Empty lines and what follows "#" at a line's beginning are left out.
-- Returns a function of a hash that gives its label or nil; or nil and a sentence with file and line.
function key_list.parse(text, name)
  local labels, number = {}, 0
  for line in text:gmatch "([^\n]*)\n?" do
    number = number + 1
    if line:find "%S" and not line:find "^%s*#" then
      local hash, label = line:match "^%s*([%x:]+)%s+(.-)%s*$"
      hash = hash and hash:gsub(":", ""):lower()
      if not hash or #hash ~= 64 or label == "" then
        return nil, ("%s:%d: not the SHA-256 of a key and a label"):format(name, number)
      end
      labels[hash] = label
    end
  end
  return function(hash) return labels[hash] end
end

-- What a scan's records say of TLS: tls(conn, host) with the certificates' bytes where asked for (der), and the labels of
-- known keys.
function key_list.marking(tls, label_of, der)
  return function(conn, host)
    local facts = tls(conn, host, der)
    if facts then facts.known_key = label_of(facts.key_sha256) end
    return facts
  end
end

return key_list

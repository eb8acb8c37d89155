-- NAME (RFC or specification): the server's greeting.
-- luacheck: ignore 113 (Ct, field and the like are given by Sonde: see engine/lua/sonde/vocabulary.lua)
return {
  protocol = "NAME",
  -- reference = "RFC 9271",      -- where the form of these bytes is from
  -- ports = { 3493 },            -- they decide where `maybe` fits others, too
  starts = { "NAME " },           -- what every answer begins with: for speed
  pattern = Ct("NAME " * field("version", token)),   -- what no other service says; matched at the first byte
  examples = {
    ["NAME 1.0\r\n"] = { version = "1.0" },          -- bytes of a real server, and exactly the fields they give
  },
  not_this = { "NAME\r\n" },      -- what looks alike, and is something else
}

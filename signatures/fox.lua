-- Niagara Fox: the station's hello (Tridium Niagara AX Fox protocol, as its hello message shows it).
local function value(key, name) return find { "\n" .. key .. "=s:" } * field(name, line) end

return {
  protocol = "fox", reference = "Tridium Niagara Fox", ports = { 1911, 4911 },
  starts = { "fox a " },
  pattern = Ct("fox a "
    * ((P "0" + "-1") * " -1 fox hello" + S "-" ^ -1 * digits * " -1 fox rejected")
    * S " \n" * (value("hostName", "host") + P(true))
    * (value("app.name", "product") + P(true)) * (value("app.version", "version") + P(true)) * (value("os.name", "os")
      + P(true))),
  examples = {
    ["fox a 1 -1 fox rejected\n{\n};;\n"] = {},
    ["fox a 0 -1 fox hello\n{\nfox.version=s:1.0\nid=i:1\nhostName=s:192.0.2.9\n"
      .. "app.name=s:Station\napp.version=s:3.8.1\n};;\n"] = {
      host = "192.0.2.9", product = "Station", version = "3.8.1",
    },
  },
  not_this = { "fox a 1 -1 fox hello\n{\nfox.version=s:1.0\nid=i:1\n};;\n" },
}

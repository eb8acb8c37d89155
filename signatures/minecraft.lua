-- Minecraft: status answers of the Java edition, new and old form (Minecraft protocol, server list ping).
local varint = R "\128\255" ^ -2 * R "\1\127"
local function value(key, name) return find { '"' .. key .. '":"' } * field(name, (1 - S '"') ^ -40) end

return {
  protocol = "minecraft", reference = "Minecraft server list ping", ports = { 25565 },
  starts = { P(2) * '\0', P(1) * "\0", "\255\0" },
  pattern = Ct(varint * "\0" * varint * '{' * #(S " \r\n\t" ^ 0 * '"' * (P "version" + "description" + "players" + "text"
      + "translate" + "favicon" + "modinfo" + "enforcesSecureChat" + "forgeData" + "previewsChat" + "extra"))
      * (find { '"version":{' } * value("name", "version")) ^ -1
    + "\255" * be(2, 3, 512) * "\0\167\0001\0\0"),
  examples = {
    ['\72\0\70{"version":{"name":"1.20.99","protocol":999},"players":{"max":20,"online":0}}'] = { version = "1.20.99" },
    ["\255\0\18\0\167\0001\0\0\0001\0002\0007\0\0"] = {},
  },
  not_this = { "\16\0\255\5\9mc.example\99\221\1", "\254\1" },
}

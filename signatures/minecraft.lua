-- Minecraft: status answers of the Java edition, new and old form (Minecraft protocol, server list ping).
local varint = R "\128\255" ^ -2 * R "\1\127"
local gap = S " \r\n\t" ^ 0
local version = find { '"version"' } * gap * ":" * gap * "{" * find { '"name"' } * gap * ":" * gap * '"'
  * field("version", (1 - S '"') ^ -40)

return {
  protocol = "minecraft", reference = "Minecraft server list ping", ports = { 25565 },
  starts = { P(3) * "\0", P(2) * '\0', P(1) * "\0", "\255\0" },
  pattern = Ct(varint * "\0" * varint * '{' * #(gap * '"' * (P "version" + "description" + "players" + "text"
      + "translate" + "favicon" + "modinfo" + "enforcesSecureChat" + "forgeData" + "previewsChat" + "extra"))
      * version ^ -1
    + "\255" * be(2, 3, 512) * "\0\167\0001\0\0"),
  examples = {
    ['\72\0\70{"version":{"name":"1.20.99","protocol":999},"players":{"max":20,"online":0}}'] = { version = "1.20.99" },
    ['\155\1\0\152\1{ "favicon": "' .. ("A"):rep(100) .. '", "version": { "protocol": 9, "name": "9.99" } }'] = {
      version = "9.99",
    },
    ["\255\0\18\0\167\0001\0\0\0001\0002\0007\0\0"] = {},
  },
  not_this = { "\16\0\255\5\9mc.example\99\221\1", "\254\1" },
}

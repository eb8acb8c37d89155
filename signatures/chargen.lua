-- Chargen: the rotating pattern of printable characters (RFC 864).
return {
  protocol = "chargen", reference = "RFC 864", ports = { 19 },
  starts = { " !\"#$%&'", "!\"#$%&'()" },
  pattern = P " " ^ -1 * "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFG",
  examples = { [" !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefg\r\n"] = {} },
  not_this = { "!\"#$%\r\n" },
}

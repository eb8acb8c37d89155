-- TP-Link smart plugs and lamps: a reply in JSON, each byte combined with the one before, the first with 171.
local object = P "\208\242"     -- '{"'

return {
  protocol = "tplink_smarthome", reference = "TP-Link Smart Home protocol, observed form", ports = { 9999 },
  starts = { "\0\0" * P(2) * object }, first = "\0",
  pattern = "\0\0" * fits_be(2, 0, 4, 8192) * object * S "\129\151\156\145\134\158",   -- "system", "emeter" ...
  examples = { ["\0\0\0\9\208\242\129\248\139\255\154\247\213"] = {} },
  not_this = { "\0\0\0\9\208\17", "\0\0\0\9{\"system\"" },
}

-- NBD: a server's opening magic (NBD protocol, handshake).
return {
  protocol = "nbd", reference = "NetworkBlockDevice protocol", ports = { 10809 },
  starts = { "NBDMAGIC" }, pattern = "NBDMAGIC" * (P "IHAVEOPT" + "\0\0\66\2\129\134\18\83" + eos),
  examples = { ["NBDMAGICIHAVEOPT\0\3"] = {}, ["NBDMAGIC"] = {} }, not_this = { "NBDMAGIC\r\n" },
}

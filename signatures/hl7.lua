-- HL7 version 2 in MLLP: an acknowledgment (HL7 Transport Specification: MLLP).
return {
  protocol = "hl7", reference = "HL7 MLLP", ports = { 2575, 6661 },
  starts = { "\11MSH" },
  pattern = "\11MSH" * printable * find { "\rMSA", "|ACK" },
  weak = "\11MSH|" * printable ^ 4,
  maybe_examples = { "\11MSH|^~\\&|A|B|C|D|20240101||ORU^R01|1|P|2.5\r" },
  examples = { ["\11MSH|^~\\&|A|B|C|D|20240101||ACK|1|P|2.5\rMSA|AA|1\r\28\r"] = {} },
  not_this = { "\11MSH|^~\\&|A|B|C|D|20240101||QRY|1|P|2.5\r\28\r" },
}

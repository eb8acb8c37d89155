-- SAProuter and SAP NI: an error of the network interface layer (SAP NI protocol).
return {
  protocol = "sap_router", reference = "SAP Network Interface layer", ports = { 3299 },
  starts = { "\0\0" }, pattern = "\0\0" * be(2, 20, 4096) * "NI_RTERR\0",
  examples = { ["\0\0\0\40NI_RTERR\0\38\0\0\255\255\255\251\0\0\0\16*ERR*\0001\0connection"] = {} },
  not_this = { "\0\0\0\40NI_ROUTE\0" },
}

-- Tor control port: demands for authentication and refusals (Tor control-spec section 4).
return {
  protocol = "torcontrol", reference = "Tor control-spec", ports = { 9051 },
  starts = { "514 Auth", "510 Unrec", "515 " },
  pattern = P "514 Authentication required." + "510 Unrecognized command" + "515 Authentication failed"
    + "515 Bad authentication",
  examples = { ["514 Authentication required.\r\n"] = {} }, not_this = { "514 no\r\n" },
}

-- FIX: a session message (FIX session layer, standard header).
return {
  protocol = "fix", reference = "FIX Session Layer", ports = { 9876, 9878, 1024 },
  starts = { "8=FIX" },
  pattern = Ct("8=" * field("version", "FIX" * P "T" ^ -1 * "." * digit * "." * digit * alnum ^ -4)
    * "\0019=" * digits * "\00135="
    * field("type", alnum ^ 1) * "\1"),
  weak = "8=FIX" * (printable - "|") ^ 1 * "\1" * digits * "=",
  maybe_examples = { "8=FIX.4.4\00135=5\0019=10\001" },
  examples = { ["8=FIX.4.4\0019=60\00135=5\00149=EXCH\00156=CLIENT\001"] = { version = "FIX.4.4", type = "5" } },
  not_this = { "8=FIX.4.4|9=60|35=A|" },
}

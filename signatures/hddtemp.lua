-- hddtemp: drives and their temperatures (hddtemp(8)).
return {
  protocol = "hddtemp", reference = "hddtemp(8)", ports = { 7634 },
  starts = { "|/dev/" }, pattern = "|/dev/" * alnum ^ 1 * "|" * (1 - S "|\r\n") ^ 0 * "|" * (digits + R "AZ" ^ 2) * "|",
  examples = { ["|/dev/sda|EXAMPLE DISK|31|C|"] = {} }, not_this = { "|/dev/sda|" },
}

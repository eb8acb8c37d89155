-- Citrix ICA: the server's greeting (Independent Computing Architecture, observed form).
return {
  protocol = "ica", reference = "Citrix ICA, observed form", ports = { 1494 },
  starts = { "\127\127ICA\0" }, pattern = P "\127\127ICA\0",
  examples = { ["\127\127ICA\0\127\127ICA\0"] = {} }, not_this = { "\127\127ICA" },
}

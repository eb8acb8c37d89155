local behaves = require "spec.support.behaves"

behaves("svn", {
  { "svnserve", { "( success ( 2 2 ( ) ( edit-pipeline svndiff1 absent-entries depth ) ) ) " }, sent = "", fields = {
    version_min = 2, version_max = 2, capabilities = { "edit-pipeline", "svndiff1", "absent-entries", "depth" },
  } },
  { "an older one that lists mechanisms", { "( success ( 1 2 ( ANONYMOUS CRAM-MD5 ) ( ) ) ) " },
    fields = { version_min = 1, version_max = 2 } },
  { "a failure", { "( failure ( ( 210004 25:Malformed network data 0: 0 ) ) ) " }, fields = { error = 210004 } },
  hostile = {
    { "a greeting that never ends", { "( success ( 2 2 ( ) ( " .. ("x "):rep(3000) }, outcome = "overflow", fields = {} },
    { "a greeting of nothing", { "( success ( ( ) ) ) " }, fields = {} },
  },
})

-- Subversion: svnserve's greeting or failure (Subversion, "protocol" of the ra_svn layer).
return {
  protocol = "svn", reference = "Subversion ra_svn protocol", ports = { 3690 },
  starts = { "( " },
  pattern = Ct("( success ( " * number("version", upto(6, digit, 1)) * " " * digits * " ( " + "( failure ( ( " * digits),
  examples = {
    ["( success ( 2 2 ( ) ( edit-pipeline svndiff1 accepts-svndiff2 ) ) ) "] = { version = 2 },
    ["( failure ( ( 210004 25:Malformed network data 0: 0 ) ) ) "] = {},
  },
  not_this = { "( 2 ( edit-pipeline ) 20:svn://svn.example/repo ) " },
}

std = "luajit"
max_line_length = 130
exclude_files = { "build" }
files["spec"] = { std = "+busted" }
-- Their names come from the environment that sonde.signature gives them; a wrong one fails when the file is loaded.
files["signatures"] = { ignore = { "113" } }

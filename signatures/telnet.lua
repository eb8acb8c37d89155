-- Telnet: option negotiation (RFC 854, RFC 855), and the login prompts of servers that send nothing but text.
local verb = "\255" * S "\251\252\253\254"
local usual = verb * (S "\0\1\3\5\6\24\31" + R "\32\39")
local command = verb * R "\0\49" + "\255\250" * R "\0\49" * (1 - P "\255") ^ -64 * "\255\240" + "\255" * S "\241\249\246"
local shown = R("\0\0", "\7\13", "\27\27", "\32\126", "\128\254")
local prompt = (I "login" * (P " " ^ -1 * I "name") ^ -1 + I "user" * (P " " ^ -1 * (I "name" + I "id")) ^ -1 + I "password"
  + I "passwd" + I "account name" + I "hostname" + I "application name" + I "enter choice" + I "access code") * S " \t" ^ 0
  * S ":>" * S " \t\r\n\0" ^ 0

return {
  protocol = "telnet", reference = "RFC 854", ports = { 23, 2323, 992 }, handshakes = {},
  starts = { "\255", text, R "\128\254", S "\0\7" },
  pattern = Ct((usual * command ^ 1 + usual * #((text + zero) ^ 0 * eos)) * field("banner", shown ^ -200)),
  maybe = Ct(#((text + zero) ^ 1 * eos) * #ends_with(40, prompt) * S "\r\n\t " ^ 0 * field("banner", line)),
  weak = Ct((text + R "\128\255" + zero + "\7") ^ 2 * eos + "\255" * R "\240\254"),
  examples = {
    ["\255\253\24\255\253\32\255\253\35\255\253\39"] = { banner = "" },
    ["\255\251\1\255\251\3\r\nrouter login: "] = { banner = "\r\nrouter login: " },
  },
  maybe_examples = { "host.example login: ", "Welcome\r\nPassword:\n", "Switch console\r\n\r\nUsername: ",
    "All lines are in use.\r\n", "\231\153\187\229\189\149\239\188\154", "\7\r\nUser:", "\0\0login: ", "\255\250\24\1\255\240" },
  not_this = { "\255\255\255\255", "login: root\r\n", "HTTP/1.1 401 login\r\n\r\nPassword: " },
}

-- Telnet: option negotiation (RFC 854, RFC 855), and the login prompts of servers that send nothing but text.
local verb = "\255" * S "\251\252\253\254"
local usual = verb * (S "\0\1\3\5\6\24\31" + R "\32\39")
local command = verb * R "\0\49" + "\255\250" * R "\0\49" * (1 - P "\255") ^ -64 * "\255\240" + "\255" * S "\241\249\246"
local shown = R("\0\0", "\7\13", "\27\27", "\32\126", "\128\254")
local prompt = (I "login" + I "username" + I "user name" + I "user" + I "password" + I "passwd" + I "account name"
  + I "login name" + I "user id" + I "userid" + I "hostname" + I "application name" + I "enter choice") * S " \t" ^ 0
  * S ":>" * S " \t\r\n\0" ^ 0 * eos
local letters = S "lupahe" + S "LUPAHE"
local prompted = (text - letters + letters - prompt) ^ 0 * prompt

return {
  protocol = "telnet", reference = "RFC 854", ports = { 23, 2323, 992 },
  starts = { "\255", text },
  pattern = Ct((usual * command ^ 1 + usual * #((text + zero) ^ 0 * eos)) * field("banner", shown ^ -200)),
  maybe = Ct(#prompted * S "\r\n\t " ^ 0 * field("banner", line)),
  weak = Ct(text ^ 2 * eos),
  examples = {
    ["\255\253\24\255\253\32\255\253\35\255\253\39"] = { banner = "" },
    ["\255\251\1\255\251\3\r\nrouter login: "] = { banner = "\r\nrouter login: " },
  },
  maybe_examples = { "host.example login: ", "Welcome\r\nPassword:\n", "Switch console\r\n\r\nUsername: " },
  not_this = { "\255\255\255\255", "login: root\r\n", "HTTP/1.1 401 login\r\n\r\nPassword: " },
}

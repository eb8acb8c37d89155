-- Kubernetes API server: a Status or version object in an HTTP response (Kubernetes API reference).
local header = #(1 - S "\r\n") * line * crlf
local own = I "x-kubernetes-pf-"     -- its flow control marks what it answers
local gap = S " \r\n\t" ^ 0
local body = gap * "{" * gap * ('"kind"' * gap * ":" * gap * '"Status"' * gap * "," * gap * '"apiVersion"'
  + '"paths"' * gap * ":" * gap * '[' * gap * '"/'
    * (P "api" + ".well-known/" + "healthz" + "livez" + "openapi")
  + '"major"' * gap * ":" * gap * '"' * digits * '"' * gap * "," * gap
    * '"minor"')

return {
  protocol = "kubernetes", reference = "Kubernetes API reference, Status v1", ports = { 6443, 8443, 8001 }, over = { "http" },
  starts = { "HTTP/1" },
  pattern = Ct("HTTP/1." * digit * " " * number("status", digit * digit * digit) * line * crlf
    * (header - own) ^ 0 * (own + crlf * body)
    * (find { '"gitVersion"' } * gap * ":" * gap * '"' * field("version", (1 - S '"') ^ 1)) ^ -1),
  examples = {
    ["HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\n\r\n"
      .. "{\n  \"kind\": \"Status\",\n  \"apiVersion\": \"v1\"\n}"] = { status = 403 },
    ["HTTP/1.1 401 Unauthorized\r\nX-Kubernetes-Pf-Flowschema-Uid: 7\r\n\r\n"] = { status = 401 },
    ["HTTP/1.1 200 OK\r\n\r\n{\n  \"major\": \"1\",\n  \"minor\": \"29\",\n  \"gitVersion\": \"v1.29.99\"\n}"] = {
      status = 200, version = "v1.29.99",
    },
  },
  not_this = { "HTTP/1.1 200 OK\r\n\r\n<p>{\"kind\": \"Status\"}</p>" },
}

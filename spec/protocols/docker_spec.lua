local behaves = require "spec.support.behaves"
local http = require "spec.support.http"

local asked = http.request("GET", "/_ping", 2375)

behaves("docker", {
  { "an engine", {
    { asked }, http.answer("200 OK", "Api-Version: 1.41\r\nBuilder-Version: 2\r\nDocker-Experimental: false\r\n" ..
      "Ostype: linux\r\nServer: Docker/20.10.24 (linux)\r\n", "OK"),
  }, sent = asked, fields = {
    status = 200, server = "Docker/20.10.24 (linux)", api_version = "1.41", os = "linux", builder_version = "2",
    experimental = false,
  } },
  { "Podman", { http.answer("200 OK", "API-Version: 1.41\r\nLibpod-API-Version: 4.3.1\r\nServer: Libpod/4.3.1 (linux)\r\n",
    "OK") }, fields = { status = 200, server = "Libpod/4.3.1 (linux)", api_version = "1.41" } },
  hostile = { { "a server of another kind", { http.answer("200 OK", "Server: nginx\r\n", "OK") }, fields = {} } },
})

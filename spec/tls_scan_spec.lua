-- The program against `openssl s_server` on loopback: what TLS says, what speaks inside, what goes wrong.
local cjson = require "cjson"
local program = require "spec.support.program"

local POLICY = "return function(target) target:try 'tls' end"

-- Runs s_server with these arguments, `words` on its standard input, and a scan of it; returns the record, or nil and the
-- program's messages.
local function scan(server, options, words)
  return program.directory({ ["policy.lua"] = POLICY }, function(directory)
    local result = program.shell(([[
      cd %s
      openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=door.example \
        -addext subjectAltName=DNS:door.example,IP:127.0.0.1 -keyout key.pem -out certificate.pem 2>/dev/null
      hash=$(openssl x509 -in certificate.pem -pubkey -noout | openssl pkey -pubin -outform DER | sha256sum | cut -c1-64)
      echo "$hash the door" > keys
      { printf '%s'; sleep 20; } | exec timeout 30 openssl s_server -accept 127.0.0.1:0 -key key.pem \
        -cert certificate.pem %s >log 2>&1 &
      server=$!
      for try in $(seq 200); do
        port=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' log)
        [ -n "$port" ] && break
        sleep 0.05
      done
      cd - >/dev/null
      "$SONDE" scan 127.0.0.1 -p "$port" --transport socket --policy %s/policy.lua -q %s
      status=$?
      kill $server
      exit $status]]):format(directory, words or "", server, directory, (options:gsub("KEYS", directory .. "/keys"))))
    if result.status ~= 0 or result.out == "" then return nil, result.err end
    return cjson.decode(result.out)
  end)
end

describe("a scan of TLS", function()
  it("finishes the handshake and names what speaks inside", function()
    local record = assert(scan("-www", "--full --key-list KEYS --certificates"))
    assert.same({ "service", "http", { "http", "tls" } }, { record.verdict, record.service, record.services })
    assert.equal(200, record.fields.status)
    local tls = record.tls
    assert.same({ "TLSv1.3", "CN=door.example", "EC", 256 }, { tls.version, tls.subject, tls.key_type, tls.key_bits })
    assert.same({ "door.example", "127.0.0.1" }, tls.names)
    assert.same({ true, true, false, false }, { tls.self_signed, tls.name_matches, tls.verified, tls.expired })
    assert.same({ "self-signed certificate", "the door" }, { tls.verify_error, tls.known_key })
    assert.same({ 64, 64, 1 }, { #tls.sha256, #tls.key_sha256, #tls.der })
    local attempts = {}
    for i, attempt in ipairs(record.attempts) do attempts[i] = { attempt.handshake, attempt.inside or false } end
    assert.same({ { "tls", false }, { "wait", true }, { "http", true } }, attempts)
  end)

  it("hears a server that speaks first inside", function()
    local record = assert(scan("-tls1_2", "--full --timeout 1s", "220 mail.example ESMTP Postfix\\r\\n"))
    assert.same({ "smtp", { "smtp", "tls" }, "TLSv1.2" }, { record.service, record.services, record.tls.version })
    assert.equal("220 mail.example ESMTP Postfix\r\n", record.data)
    assert.is_nil(record.tls.known_key)
    assert.is_nil(record.tls.der)
  end)

  it("stops at the ServerHello without --full, and takes its fingerprint", function()
    local record = assert(scan("-www", ""))
    assert.same({ "tls", { "tls" } }, { record.service, record.services })
    assert.is_nil(record.tls)
    assert.is_truthy(record.fields.ja3s:find("^%x+$") and #record.fields.ja3s == 32)
    assert.is_truthy(record.fields.ja4s:find "^t13%d%d.._%x%x%x%x_%x+$")
  end)

  it("says why TLS does not come up", function()
    local record = assert(scan("-www -Verify 1", "--full"))
    assert.equal("tls", record.service)
    assert.equal("certificate_required", record.tls.alert_received)
    assert.equal("CN=door.example", record.tls.subject)
    record = assert(scan("-www -tls1_2 -cipher PSK -nocert", "--full"))
    assert.same({ "tls", "alert received: handshake_failure" }, { record.service, record.attempts[1].what })
    assert.equal("alert received: handshake_failure", record.tls.failure)
  end)
end)

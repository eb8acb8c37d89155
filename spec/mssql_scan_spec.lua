-- The program against a SQL Server's TLS on loopback: its records travel in packets of TDS, and what they say is in the record.
local cjson = require "cjson"
local program = require "spec.support.program"

local POLICY = "return function(target) target:try('mssql', { full = true }) end"

local function scan(encryption, kind)
  return program.directory({ ["policy.lua"] = POLICY }, function(directory)
    local result = program.shell(([[
      own=%s
      touch $own/port
      LUA_PATH='engine/lua/?.lua;./?.lua;;' timeout 60 luajit spec/support/tds_server.lua $own %d %d >$own/port 2>$own/log &
      for try in $(seq 400); do
        port=$(cat $own/port)
        [ -n "$port" ] && break
        sleep 0.05
      done
      "$SONDE" scan 127.0.0.1 -p "$port" --transport socket --policy $own/policy.lua -q
      wait
      cat $own/log >&2]]):format(directory, encryption, kind))
    return cjson.decode(result.out), result.err
  end)
end

describe("a scan of a SQL Server with TLS", function()
  for _, case in ipairs { { 0, 18, "off" }, { 3, 4, "required" } } do
    it("brings it up in packets of TDS: " .. case[3], function()
      local record, messages = scan(case[1], case[2])
      assert.equal("", messages)
      assert.same({ "mssql", "done" }, { record.service, record.attempts[1].outcome })
      assert.equal("16.0.1000.6", record.fields.version)
      assert.equal(case[3], record.fields.encryption)
      assert.same({ "TLSv1.2", { "sql.example" }, "EC" }, { record.tls.version, record.tls.names, record.tls.key_type })
    end)
  end
end)

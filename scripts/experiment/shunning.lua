-- Shunning: of the hosts that answer a source once and no more, how many answer a fresh source (LZR).

local OLD, FRESH = "192.0.2.1", "192.0.2.2"

local function run(lab)
  local shunned, count, fresh, kept = {}, 0, 0, 0
  lab:scan { handshakes = { "http", "tls" }, source_addresses = { OLD }, each = function(record)
    if record.attempts[2].opened then
      kept = kept + 1
    else
      shunned[record.address], count = true, count + 1
    end
  end }
  lab:scan { handshakes = { "http", "tls" }, source_addresses = { OLD, FRESH }, each = function(record)
    if shunned[record.address] and record.attempts[2].opened then fresh = fresh + 1 end
  end }
  lab:expect_share("hosts that shun, and answer a fresh source", fresh, count, 70, { pp = 0.5 })
  lab:say("%d hosts shun, %d do not", count, kept)
end

return { world = "shunning", targets = { small = { "10.0.0.0/21" }, full = { "20.0.0.0/15" } }, run = run }

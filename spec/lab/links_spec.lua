-- Links, routes and RST suppression against a real kernel: two namespaces of our own, joined by a veth pair.
local C = require "spec.support.c" ("packet", "error")
local frames = require "spec.lab.links_frames"
local namespaces = require "spec.lab.namespaces"

local must, run = namespaces.must, namespaces.run
local sides, near, far   -- the namespaces, and their names

local function inside(namespace, ...)
  local words = { "ip netns exec", namespace, "timeout 20 luajit spec/lab/links_inside.lua", ... }
  return table.concat(words, " ")
end

-- What a scene found in the near namespace.
local function scene(...)
  local status, text = run(inside(near, ...))
  local chunk = text:match "return (.*)$"
  assert(status == 0 and chunk, text)
  return loadstring("return " .. chunk)()
end

-- Starts a scene that goes on; returns its process id.
local function start(namespace, ...)
  local log = os.tmpname()
  os.execute(inside(namespace, ...):gsub("timeout 20 ", "") .. " > " .. log .. " 2>&1 &")
  for _ = 1, 100 do
    local file = io.open(log)
    local number = file:read "*n"
    file:close()
    if number then
      os.remove(log)
      return number
    end
    os.execute "sleep 0.05"
  end
  error("nothing started: " .. must("cat " .. log))
end

-- Whom the far side has behind an interface of ours, and our address there.
local routes = {
  near0 = { ["198.18.0.2"] = "198.18.0.1", ["2001:db8::2"] = "2001:db8::1" },
  mac0 = { ["198.18.5.2"] = "198.18.5.1", ["2001:db8:5::2"] = "2001:db8:5::1" },
}

local listener

local function build()
  sides = namespaces.pair "links"
  near, far = sides.near_name, sides.far_name
  for _, line in ipairs {
    ("ip -n %s addr add 198.18.0.1/24 dev near0"):format(near),
    ("ip -n %s addr add 198.18.0.2/24 dev far0"):format(far),
    ("ip -n %s addr add 2001:db8::1/64 dev near0 nodad"):format(near),
    ("ip -n %s addr add 2001:db8::2/64 dev far0 nodad"):format(far),
    ("ip -n %s link set near0 up"):format(near), ("ip -n %s link set far0 up"):format(far),
    ("ip -n %s link add mac0 link near0 type macvlan mode bridge"):format(near),
    ("ip -n %s addr add 198.18.5.1/24 dev mac0"):format(near), ("ip -n %s addr add 198.18.5.2/24 dev far0"):format(far),
    ("ip -n %s addr add 2001:db8:5::1/64 dev mac0 nodad"):format(near),
    ("ip -n %s addr add 2001:db8:5::2/64 dev far0 nodad"):format(far),
    ("ip -n %s link set mac0 up"):format(near),
    ("ip -n %s route add 198.19.0.0/24 via 198.18.0.2"):format(near),
    ("ip -n %s route add 198.19.1.0/24 via 198.18.0.99 mtu 1400"):format(near),
    ("ip -n %s route add unreachable 198.19.2.0/24"):format(near),
    ("ip netns exec %s sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0"):format(far),
    ("ip netns exec %s nft add table inet t"):format(far),
    ("ip netns exec %s nft 'add chain inet t c { type filter hook input priority 0; }'"):format(far),
    ("ip netns exec %s nft add counter inet t resets"):format(far),
    ("ip netns exec %s nft add rule inet t c tcp dport 80 tcp flags rst counter name resets"):format(far),
    ("ip netns exec %s nft add rule inet t c meta nfproto ipv4 tcp dport 82 reject with icmp type host-unreachable")
      :format(far),
    ("ip netns exec %s nft add rule inet t c meta nfproto ipv6 tcp dport 82 reject with icmpv6 type addr-unreachable")
      :format(far),
  } do must(line) end
  -- Another pair of interfaces, of two queues each.
  must(("ip link add wide0 netns %s numtxqueues 2 numrxqueues 2 type veth peer name wide1 netns %s numtxqueues 2 numrxqueues 2")
    :format(near, far))
  sides:near "addr add 198.18.6.1/24 dev wide0"
  sides:far "addr add 198.18.6.2/24 dev wide1"
  sides:near "link set wide0 up"
  sides:far "link set wide1 up"
  listener = start(far, "serve", 80)
  -- IPv6 is ready a second or so after the interface is up.
  for _ = 1, 5 do
    if scene("route", "2001:db8::2").mac then return end
  end
  error "IPv6 does not work between the namespaces"
end

local function tear_down()
  if listener then run("kill -9 " .. listener) end
  if sides then sides:remove() end
end

local function resets()
  return tonumber(must(("ip netns exec %s nft list counter inet t resets"):format(far)):match "packets (%d+)")
end

local function tables() return (sides:tables()) end

describe("against a real kernel", function()
  if not namespaces.is_root then
    pending "links, routes and suppression: root is needed"
    return
  end

  setup(function()
    local ok, message = pcall(build)
    if not ok then
      tear_down()
      error(message, 0)
    end
  end)
  teardown(tear_down)

  for _, kind in ipairs { "ring", "xdp", "pcap" } do
    describe("the " .. kind .. " link", function()
      for _, to in ipairs { "198.18.0.2", "2001:db8::2" } do
        it("brings SYN-ACK, RST and ICMP errors back from " .. to, function()
          local found = scene("answers", kind, "near0", to, 80, 81, 82)
          assert.is_nil(found.why)
          assert.equal(0, found.layer)
          assert.equal(1500, found.mtu)
          assert.equal(must(("ip -n %s link show near0"):format(near)):match "ether (%S+)", found.mac)
          assert.same({ 0, false, to, 80, C.TCP_SYN + C.TCP_ACK, 1001 }, { found.open.drop, found.open.icmp,
            found.open.source, found.open.port, found.open.flags, found.open.ack })
          assert.equal(C.TCP_RST + C.TCP_ACK, found.closed.flags)
          assert.same({ true, 61000, 82, 1000, to }, { found.rejected.icmp, found.rejected.port, found.rejected.to,
            found.rejected.seq, found.rejected.reporter })
          assert.is_true(found.open.age >= 0 and found.open.age < 1)
          assert.equal(0, found.dropped)
        end)
      end

      it("hears nothing meant for other ports, nor itself", function()
        local list = scene("other_port", kind, "near0", "198.18.0.2", 81)
        assert.equal(1, #list)
        assert.equal(61000, list[1].to)
      end)

      -- The xdp link sees them merged only where its program is the generic one: on a macvlan.
      it("hands up segments that the kernel merged, whole", function()
        local interface = kind == "xdp" and "mac0" or "near0"
        for to, from in pairs(routes[interface]) do
          local found = scene("stream", kind, interface, to, 80, from)
          assert.is_true(found.longest > 2048, found.longest)
          assert.equal(0, found.dropped)
        end
      end)

      it("skips a frame that is too long for the interface, and counts it", function()
        local found = scene("oversized", kind, "near0", "198.18.0.2", 81)
        assert.same({ 1, 1, 81 }, { found.sent, found.errors, found.answer.port })
      end)

      it("goes on behind a frame that is too long since the MTU is smaller", function()
        local found = scene("shrunk", kind, "near0", "198.18.0.2", 81)
        assert.same({ 1, 81 }, { found.sent, found.answer.port })
      end)

      -- Without a carrier AF_XDP drops one frame for each try, where the ring keeps them.
      if kind ~= "pcap" then
        it("waits for a carrier ever longer, and counts what has not left when it is closed", function()
          local found = scene("carrier", kind, "no", 1)
          assert.equal(50, found.sent)
          assert.equal(50, found.errors + found.closed)
          if kind == "ring" then assert.same({ 0, 50 }, { found.errors, found.unfinished }) end
          assert.is_true(found.closed > 0 and found.waits < 200, found.closed .. " " .. found.waits)
        end)

        it("sends what waited when the carrier is back", function()
          local found = scene("carrier", kind, "yes", 1)
          assert.same({ 50, 0, 50 }, { found.sent, found.unfinished, found.heard + found.errors })
          assert.is_true(found.heard > 0)
        end)

        it("lets no more than some batches wait for an interface that takes nothing, and knows how many do", function()
          local found = scene("carrier", kind, "yes", 40)
          assert.is_true(found.sent >= 150 and found.sent <= 200 + found.errors, found.sent .. " " .. found.errors)
          assert.same({ 0, found.sent }, { found.flying[2], found.heard + found.errors })
          assert.is_true(found.flying[1] > 128 and found.flying[1] <= found.sent, found.flying[1])
        end)
      end

      it("waits for less than a millisecond when told to", function()
        local took = scene("wait", kind, "near0").took
        assert.is_true(took >= 200000, took)
      end)

      it((kind == "xdp" and "refuses" or "carries") .. " bare IP on a tun interface", function()
        local found = scene("tun", kind, "tun9")
        if found.missing then return pending "no tun device here" end
        if kind == "xdp" then
          return assert.equal("tun9 carries bare IP packets, and AF_XDP needs Ethernet frames; use the ring link", found.why)
        end
        assert.same({ 1, 40, 77, "00:00:00:00:00:00" }, { found.layer, found.sent, found.answer.seq, found.mac })
      end)

      it("works on loopback", function()
        local found = scene("loopback", kind)
        assert.same({ C.PACKET_OK, 61001, 61005, C.TCP_SYN }, { found.drop, found.port, found.to, found.flags })
      end)

      it("says that the interface went down, and that it is down", function()
        local found = scene("down", kind, "near0")
        must(("ip -n %s link set near0 up && ip -n %s addr replace 2001:db8::1/64 dev near0 nodad"):format(near, near))
        must(("ip -n %s link set mac0 up && ip -n %s addr replace 2001:db8:5::1/64 dev mac0 nodad"):format(near, near))
        must(("ip -n %s route replace 198.19.0.0/24 via 198.18.0.2"):format(near))
        must(("ip -n %s route replace 198.19.1.0/24 via 198.18.0.99 mtu 1400"):format(near))
        assert.equal(C.ERR_CLOSED, found.code)
        assert.equal("the interface near0 is down", found.opening.why)
      end)

      it("names the interface that is not there", function()
        assert.equal("there is no interface nowhere0", scene("cannot_open", kind, "nowhere0").why)
      end)
    end)
  end

  -- A kernel without PACKET_VNET_HDR, which copies of a frame no more than its header, looks at the MTU.
  describe("the ring link, where the kernel looks at the MTU,", function()
    local library = os.tmpname()

    setup(function()
      local pipe = io.popen("cc -shared -fPIC -o " .. library .. " -x c -", "w")
      pipe:write [[
        #define _GNU_SOURCE
        #include <errno.h>
        #include <linux/if_packet.h>
        #include <sys/socket.h>
        #include <sys/syscall.h>
        #include <unistd.h>
        int setsockopt(int handle, int level, int name, const void *value, socklen_t length)
        {
          if (level == SOL_PACKET && name == PACKET_VNET_HDR) {
            errno = ENOPROTOOPT;
            return -1;
          }
          return (int)syscall(SYS_setsockopt, handle, level, name, value, length);
        }]]
      pipe:close()
    end)
    teardown(function() os.remove(library) end)

    it("counts the frame that it refuses, and goes on behind it", function()
      local status, text = run((inside(near, "shrunk", "ring", "near0", "198.18.0.2", 81)
        :gsub("luajit", "env LD_PRELOAD=" .. library .. " luajit")))
      assert.equal(0, status, text)
      local found = loadstring("return " .. text:match "return (.*)$")()
      assert.same({ 1, 81, 1 }, { found.sent, found.answer.port, found.errors })
    end)
  end)

  describe("the xdp link", function()
    local function program_on(interface, namespace)
      return must(("ip -n %s link show %s"):format(namespace or near, interface)):match "prog/xdp[a-z]*" ~= nil
    end

    local function beside_kernel(interface, mode)
      for to, from in pairs(routes[interface]) do
        local before = resets()
        local found = scene("xdp_beside_kernel", interface, to, 80, from)
        assert.is_nil(found.why)
        assert.equal(mode, found.mode)
        assert.equal(18, found.answer.flags)
        assert.same({ 14600, 0 }, { found.read, found.heard })
        assert.equal(before + 1, resets()) -- our own, at the end
        assert.is_false(program_on(interface))
      end
    end

    it("leaves no answer for the kernel to reset, and everything else to the kernel", function()
      beside_kernel("near0", "native, copied")
    end)

    it("does so with the generic program as well", function() beside_kernel("mac0", "generic, copied") end)

    it("does so with a native program on the peer", function()
      local holder = start(far, "xdp_hold", "far0")
      assert.is_true(program_on("far0", far))
      beside_kernel("near0", "native, copied")
      must("kill -9 " .. holder)
    end)

    it("ends with the process, even killed", function()
      local holder = start(near, "xdp_hold", "near0")
      assert.is_true(program_on "near0")
      must("kill -9 " .. holder)
      for _ = 1, 100 do
        if not program_on "near0" then break end
        os.execute "sleep 0.02"
      end
      assert.is_false(program_on "near0")
      assert.equal(18, scene("answers", "xdp", "near0", "198.18.0.2", 80, 81, 82).open.flags)
    end)

    it("says that the interface is taken, and opens when it is free again", function()
      local found = scene("xdp_twice", "near0")
      assert.same({ false, "another AF_XDP socket is on receive queue 0 of near0", true },
        { found.again, found.why, found.later })
    end)

    it("of one of two workers hears what is for it, at whichever queue it arrives, and nothing else", function()
      local found = scene("xdp_workers", "wide0", "198.18.6.2", 81, "198.18.6.1", 40)
      assert.is_nil(found.why)
      for worker = 1, 2 do
        local one = found[worker]
        assert.same({ 8, 32, 0 }, { one.first, one.heard, one.foreign })
        assert.is_true(one.by_socket > 0 and one.by_socket < 32, one.by_socket) -- both ways
      end
      assert.same({ 0, "native, copied" }, { found.dropped, found.mode })
      assert.equal("wide0 has 2 receive queues, and none for worker 2", found.third)
      assert.same({ false, "" }, { program_on "wide0", tables() })
    end)

    it("takes TCP to our ports and the ICMP errors that quote us, and nothing else", function()
      local file = os.tmpname()
      local expected = frames.write(file)
      local found = scene("xdp_steer", file, "198.18.0.1", "2001:db8::1", "198.18.0.9")
      os.remove(file)
      assert.same(expected, found)
    end)
  end)

  describe("the route", function()
    local far_mac

    setup(function() far_mac = must(("ip -n %s link show far0"):format(far)):match "ether (%S+)" end)

    it("to a neighbour is found with its hardware address, in both families", function()
      must(("ip -n %s neigh flush all"):format(near))
      for to, from in pairs { ["198.18.0.2"] = "198.18.0.1", ["2001:db8::2"] = "2001:db8::1" } do
        local found = scene("route", to)
        assert.same({ "near0", from, "none", far_mac, 0, 1500, false },
          { found.interface, found.source, found.gateway, found.mac, found.layer, found.mtu, found.is_local })
      end
    end)

    it("through a gateway has the gateway's hardware address", function()
      local found = scene("route", "198.19.0.77")
      assert.same({ "198.18.0.2", far_mac, "198.18.0.1" }, { found.gateway, found.mac, found.source })
    end)

    it("obeys what is given: interface, source address, hardware address", function()
      local found = scene("route", "198.19.1.5", "near0", "198.18.0.50", "mac")
      assert.same({ "near0", "198.18.0.50", "02:03:04:05:06:07" }, { found.interface, found.source, found.mac })
      assert.equal(1400, scene("route", "198.19.1.5", "-", "-", "mac").mtu)
    end)

    it("to this machine is known as such", function()
      local found = scene("route", "198.18.0.1")
      assert.is_true(found.is_local and found.loopback)
      assert.same({ true, true, true, true, false, false, false }, scene("is_local", "127.0.0.1", "::1", "198.18.0.1",
        "2001:db8::1", "198.18.0.2", "2001:db8::2", "198.19.200.1"))
    end)

    it("that does not exist is explained", function()
      assert.equal("no route to 198.19.200.1", scene("route", "198.19.200.1").why)
      assert.equal("no route to 198.19.2.1", scene("route", "198.19.2.1").why)
      assert.equal("no answer to ARP for the target 198.18.0.77 on near0 within 1 s", scene("route", "198.18.0.77").why)
      assert.equal("no answer to ARP for the gateway 198.18.0.99 on near0 within 1 s", scene("route", "198.19.1.5").why)
      assert.equal("no answer to neighbour discovery for the target 2001:db8::77 on near0 within 1 s",
        scene("route", "2001:db8::77").why)
      assert.equal("there is no interface nowhere0", scene("route", "198.18.0.2", "nowhere0").why)
      assert.equal("the source address and 198.18.0.2 are not of one family",
        scene("route", "198.18.0.2", "-", "2001:db8::1").why)
    end)
  end)

  describe("suppression", function()
    it("keeps the kernel from resetting, where it would", function()
      local before = resets()
      assert.equal(18, scene("reset", "free", "near0", "198.18.0.2", 80, "198.18.0.1").answer.flags)
      assert.equal(before + 1, resets())
      for to, from in pairs { ["198.18.0.2"] = "198.18.0.1", ["2001:db8::2"] = "2001:db8::1" } do
        local found = scene("reset", "suppressed", "near0", to, 80, from)
        assert.equal(18, found.answer.flags)
        assert.is_true(found.count >= 1)
      end
      assert.equal(before + 1, resets())
    end)

    it("shows that it works, by a SYN to ourselves that is dropped", function()
      local found = scene("suppress_check", "198.18.0.1", "2001:db8::1", "198.18.0.200")
      assert.equal(0, found.code)
      assert.equal(2, found.count)
      assert.equal(("table inet sonde_%d\n"):format(found.pid), found.tables)
      assert.equal("", tables())
    end)

    it("ends with the process, even killed, even with a child alive", function()
      local holder = start(near, "suppress_hold", "198.18.0.1")
      assert.equal(("table inet sonde_%d\n"):format(holder), tables())
      must("kill -9 " .. holder)
      for _ = 1, 100 do
        if tables() == "" then break end
        os.execute "sleep 0.02"
      end
      assert.equal("", tables())
    end)
  end)

  describe("dropping privileges", function()
    it("keeps the link working and cannot be undone", function()
      local found = scene("privilege", "near0", "198.18.0.2", 80, "198.18.0.1")
      assert.is_true(found.user ~= 0 and found.group ~= 0)
      assert.same({ 0, "1", "0000000000000000", true }, { found.groups, found.no_new_privileges, found.capabilities,
        found.denied })
      assert.equal(18, found.answer.flags)
      assert.equal(C.ERR_PERMISSION, found.count)
    end)

    it("refuses users that are none or root", function()
      assert.same({ code = C.ERR_NOT_FOUND, why = "there is no user nobody_at_all to run as", user = 0 },
        scene("privilege_user", "nobody_at_all"))
      assert.equal(C.ERR_INVALID, scene("privilege_user", "root").code)
    end)
  end)
end)

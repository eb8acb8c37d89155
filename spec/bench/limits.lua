-- Why a goal is missed, in the words of whoever measured it: key of the goal (goals.lua) -> a paragraph of docs/performance.md,
-- which stands there as long as something of the goal is missed.
return {
  ring = "With the sink on the other core masscan gains from it, and the far side is the limit: by AF_PACKET a frame takes it "
    .. "0.68 microseconds, by AF_XDP 0.50, for whoever frees a frame of a send ring writes into the slot that the sender's core "
    .. "reads. Tried, in CPU seconds per million SYNs of a bare sender: sendmmsg 0.62, a send ring 0.64, past the queueing "
    .. "discipline 0.60, copying whole frames 0.53, both 0.49; the last is what the ring link does. It looks at one slot of a "
    .. "batch in place of all. Floods of 0.8 million SYNs gave 1.47, those of 2.1 million 1.29 to 1.45, before and after.",
  xdp = "The bare AF_XDP sender is itself less than twice as fast as masscan where the sink has a core of its own (see "
    .. "the table: both cores are busy), and 2.1 to 2.2 times where they share one. Tried and kept: frames built in the memory "
    .. "the kernel reads, in batches, and that memory fetched in advance (8 ns a SYN); the permutation, four at a time, in 4 ns "
    .. "in place of 12; hashes four at a time. Tried without gain: frames that begin at different places of their pieces, for "
    .. "the cache's sets. Of our own code some 35 ns a SYN are left (the bare sender has 15); link-time optimisation would save "
    .. "some 2% of the time.",
  cost = "A bare sender spends 0.42 to 0.53 microseconds a SYN by AF_XDP and 0.49 by the ring as we set it up, of the 1.0 "
    .. "to 1.2 of zmap: there is little room below the goals. What was tried is above.",
  syn = "The hosts that are missing were not heard: their SYN-ACKs found no room in veth's 256 slots on the way back (the "
    .. "column `no room` has the far side's count), and the bench sends each SYN once (`--retries 0`). "
    .. "Since the run of 2026-11-22 the scanner sends 64 SYNs, "
    .. "and no longer 128, before it looks for answers again, while there are any: of 16 scans each, none missed one with ring, "
    .. "one missed 2 with xdp.",
  identify = "Missing hosts are, as in the SYN scan, answers that veth had no room for; with 64 SYNs at a time, of 16 scans "
    .. "each, none missed one with ring, two missed 3 and 6 with xdp. LZR was not at hand on this machine; of the 138 to 339 "
    .. "microseconds of CPU a host that it was seen to take on another, Sonde's are a fourteenth to a fortieth. "
    .. "Of the CPU time a third is LuaJIT, which interprets policy and handshake, a third our C, and the rest the "
    .. "kernel. Tried and kept: targets that stay in C until a second question, handshakes without a stack while they "
    .. "wait, an arena for Lua's blocks, requests and records from ready pieces, no finalizer for what has ended; they took "
    .. "80,000 instructions a target to 39,000. Link-time optimisation would save 3% more, for 13 seconds of CPU in each make.",
  mix = "Who is silent is asked four questions on as many connections. Tried and kept: such targets stay in C, their records "
    .. "too; hellos made once; no memory of hosts where a scan has one port of each. Of what is left a third is LuaJIT, a "
    .. "quarter the kernel.",
  memory = "What a target costs does not grow: a million are the cheapest, and the dearest are a thousand or a hundred thousand, "
    .. "which differ by less than their runs do. "
    .. "The policy asks its first question apart, so that beside a flow (376 bytes) only 128 bytes wait for the answer. "
    .. "Where a coroutine waits, as with a policy that is one function, Lua takes 960 to 1,870 bytes more (LuaJIT's smallest "
    .. "thread is 472), then the collector's slack; and a target costs more among many, because the collector looks at each "
    .. "coroutine in each of its rounds. Tried there: no stack of the handshake's while the answer is on its way, a smaller "
    .. "conn, queues freed once acknowledged, size classes on huge pages, more slack (faster, but over 2 GiB). What is left "
    .. "of the growth is misses of the cache and of the TLB, and memory that is cleared.",
  rate = "What was sent and has not left counts as saved up, 5 ms of rate at most, and of what a pause cost 1/256 of the rate is "
    .. "made up: by its construction a second has 0.89% too many at the most, and +0.5 to +0.9% were measured, at 10,000 "
    .. "packets a second as well. Before, what waited in veth and in the link came besides.",
  workers = "A run lasts a second, and one more worker costs 10 to 20 ms of CPU before its first frame: rings and "
    .. "frame memory have to be got from the kernel, which takes 1 to 2 ms for each MiB, and it is forked from a process with "
    .. "all scripts loaded; in that time the other sends alone. Both cores are busy with the scanners, and receive for the sink, "
    .. "too: two scans that share nothing cost 2 to 3% more each when they run at the same time. Tried: receive memory divided "
    .. "among the workers, and less of it; AF_XDP's on huge pages, of which a child that inherits them has copies."
    .. " xdp's rows of runs before it could be shared are ring's.",
}

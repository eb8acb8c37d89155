"""How far packets are off their rate, in every window of one second."""

SLOT_SECONDS = 0.01  # as far.h has it
WINDOW_SLOTS = 100


def deviations(slots, first, last, rate, disturbed):
    """(least, most) of all windows between two moments in seconds, as shares of the rate. `slots`: {"number": packets} of those
    slots of time in which there were any. `disturbed`: [(from, till)], in which less than the rate is no fault."""
    begin, end = int(first / SLOT_SECONDS) + 1, int(last / SLOT_SECONDS)
    counts = [slots.get(str(slot), 0) for slot in range(begin, end)]
    least, most = [], []
    for i in range(len(counts) - WINDOW_SLOTS + 1):
        off = sum(counts[i:i + WINDOW_SLOTS]) / rate - 1
        most.append(off)
        start = (begin + i) * SLOT_SECONDS
        if not any(since < start + 1 and start < till for since, till in disturbed):
            least.append(off)
    if not least:
        raise RuntimeError("no second without a disturbance to look at")
    return min(least), max(most)

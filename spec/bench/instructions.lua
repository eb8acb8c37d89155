-- Instructions per target that spec/bench/identify.lua counted when this was committed (Debian 12, x86-64);
-- spec/bench/identify_spec.lua holds later ones against them. Lower them whenever they have become lower.
return { identify = 39100, distinct = 105000, mix = 82900, syn = 500, flood = 543, answered = 5780 }

-- A policy that asks nothing: a SYN scan with one record for each target that answered.
return function() end

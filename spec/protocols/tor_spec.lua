local behaves = require "spec.support.behaves"
local wire = require "sonde.wire"

local asked = "\0\0\7\0\4\0\4\0\5"
local versions = "\0\0\7\0\6\0\3\0\4\0\5"
local function variable(command, bytes) return wire.pack(">I4 B s2", 0, command, bytes) end
local function netinfo(bytes) return wire.pack(">I4 B c509", 0, 8, bytes) end
local time = wire.pack(">I4", 1700000000)
local to_us = "\4\4\198\18\0\1"
local v6 = wire.pack(">I2 I2 I2 I2 I2 I2 I2 I2", 0x2001, 0xDB8, 0, 0, 0, 0, 0, 7)

behaves("tor", {
  { "a relay", {
    { asked }, versions .. variable(129, ("c"):rep(1445)), variable(130, ("a"):rep(38)) ..
    netinfo(time .. to_us .. "\2\4\4\198\18\0\7\6\16" .. v6),
  }, sent = asked, fields = {
    versions = { 3, 4, 5 }, system_time = 1700000000, addresses = { "198.18.0.7", "2001:db8:0:0:0:0:0:7" },
  } },
  { "a relay that does not say where it is", { versions .. netinfo(time .. to_us .. "\0") },
    fields = { versions = { 3, 4, 5 }, system_time = 1700000000 } },
  { "an old one, with which we have no version in common", { { asked }, "\0\0\7\0\4\0\1\0\2" },
    fields = { versions = { 1, 2 } } },
  hostile = {
    { "our own bytes", { { asked }, function(sent) return sent end }, outcome = "timeout", fields = { versions = { 4, 5 } } },
    { "versions of an odd length", { "\0\0\7\0\5\0\3\0\4\0" }, fields = {} },
    { "versions without end", { "\0\0\7\255\254" .. ("\0\9"):rep(40) }, fields = {} },
    { "a cell of 64 kB", { versions .. "\0\0\0\0\129\255\255" }, fields = { versions = { 3, 4, 5 } } },
    { "cells without end", { versions .. variable(129, "x"):rep(20) }, fields = { versions = { 3, 4, 5 } } },
    { "more addresses than there are",
      { versions .. netinfo(time .. to_us .. "\255" .. "\4\255" .. ("x"):rep(255) .. "\4\255") } },
    { "an address that leaves its cell", { versions .. netinfo(time .. "\4\255" .. ("x"):rep(255) .. "\1\4\254") } },
  },
})

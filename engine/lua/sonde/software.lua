-- Product, version, vendor and operating system out of a server's own description, such as "Apache/2.4.7 (Ubuntu)".
local lpeg = require "lpeg"

local C, Cg, Ct, P, R, S = lpeg.C, lpeg.Cg, lpeg.Ct, lpeg.P, lpeg.R, lpeg.S

local software = {}

-- Vendor and product as CPE 2.3 (NIST IR 7695) names them, by the lower-case product a server writes.
local CPE = {
  ["apache"] = "apache:http_server", ["nginx"] = "f5:nginx", ["openresty"] = "openresty:openresty",
  ["microsoft-iis"] = "microsoft:internet_information_services", ["microsoft-httpapi"] = "microsoft:http_api",
  ["lighttpd"] = "lighttpd:lighttpd", ["caddy"] = "caddyserver:caddy", ["jetty"] = "eclipse:jetty",
  ["litespeed"] = "litespeedtech:litespeed_web_server", ["cups"] = "openprinting:cups", ["squid"] = "squid-cache:squid",
  ["thttpd"] = "acme:thttpd", ["mini_httpd"] = "acme:mini_httpd", ["boa"] = "boa:boa", ["gws"] = "google:gws",
  ["openssh"] = "openbsd:openssh", ["dropbear"] = "dropbear_ssh_project:dropbear_ssh", ["libssh"] = "libssh:libssh",
  ["proftpd"] = "proftpd:proftpd", ["vsftpd"] = "vsftpd_project:vsftpd", ["pure-ftpd"] = "pureftpd:pure-ftpd",
  ["filezilla server"] = "filezilla-project:filezilla_server", ["microsoft ftp service"] = "microsoft:ftp_service",
  ["serv-u"] = "solarwinds:serv-u", ["ws_ftp"] = "progress:ws_ftp_server", ["qpopper"] = "qualcomm:qpopper",
  ["microsoft exchange"] = "microsoft:exchange_server", ["microsoft esmtp"] = "microsoft:exchange_server",
  ["zimbra"] = "synacor:zimbra_collaboration_suite", ["redis"] = "redis:redis", ["rabbitmq"] = "vmware:rabbitmq",
  ["postgresql"] = "postgresql:postgresql", ["memcached"] = "memcached:memcached",
  ["filezilla"] = "filezilla-project:filezilla_server", ["postfix"] = "postfix:postfix", ["exim"] = "exim:exim",
  ["sendmail"] = "sendmail:sendmail", ["dovecot"] = "dovecot:dovecot", ["cyrus"] = "cyrus:imap",
  ["courier-imap"] = "courier-mta:courier-imap", ["mysql"] = "oracle:mysql", ["mariadb"] = "mariadb:mariadb",
  ["allegro-software-rompager"] = "allegrosoft:rompager", ["rompager"] = "allegrosoft:rompager",
  ["asterisk"] = "digium:asterisk", ["kamailio"] = "kamailio:kamailio", ["couchdb"] = "apache:couchdb",
  ["gunicorn"] = "gunicorn:gunicorn", ["tornado"] = "tornadoweb:tornado", ["twistedweb"] = "twisted:twisted",
  ["goahead-webs"] = "embedthis:goahead", ["docker"] = "docker:docker", ["bind"] = "isc:bind",
  ["dnsmasq"] = "thekelleys:dnsmasq", ["unbound"] = "nlnetlabs:unbound",
}

local VENDOR = {}
for _, cpe in pairs(CPE) do VENDOR[cpe] = cpe:match "^[^:]+" end

-- Words that give an operating system away, and how it is called.
local SYSTEMS = {
  ubuntu = "Ubuntu", debian = "Debian", raspbian = "Raspbian", centos = "CentOS", fedora = "Fedora", redhat = "Red Hat",
  ["red hat"] = "Red Hat", freebsd = "FreeBSD", openbsd = "OpenBSD", netbsd = "NetBSD", windows = "Windows",
  win32 = "Windows", win64 = "Windows", suse = "SUSE", solaris = "Solaris", sunos = "Solaris", openvms = "OpenVMS",
  aix = "AIX", ["hp-ux"] = "HP-UX", darwin = "macOS", ["mac os x"] = "macOS", vxworks = "VxWorks", gentoo = "Gentoo",
  unix = "Unix", linux = "Linux",
}

local letter = R("az", "AZ")
local digit = R "09"
-- The version of "lshd-2.1" is no part of the name.
local word = (R("az", "AZ", "09") + "-" * -(digit^1 * "." * digit) + P "_" * #letter)^1

-- The systems' names as one pattern, by first letter so that most words are passed over at a glance.
local system, initials = P(false), ""
do
  local by_letter, names = {}, {}
  for name in pairs(SYSTEMS) do names[#names + 1] = name end
  table.sort(names, function(a, b) return #a > #b or (#a == #b and a < b) end)
  for _, name in ipairs(names) do
    local literal, initial = P(true), name:sub(1, 1)
    for c in name:gmatch "." do literal = literal * S(c .. c:upper()) end
    if not by_letter[initial] then initials = initials .. initial end
    by_letter[initial] = (by_letter[initial] or P(false)) + C(literal) * -letter
  end
  for initial in initials:gmatch "." do
    system = system + #S(initial .. initial:upper()) * by_letter[initial]
  end
end
local other = letter - S(initials .. initials:upper())
local find_system = (other * letter^0 + (1 - letter)^1 + -system * letter^1)^0 * system

-- The operating system that `text` names, or nil.
function software.system(text)
  local found = find_system:match(text)
  return found and SYSTEMS[found:lower()]
end

local name = #letter * word * (S " ." * #letter * word)^-3
local version = digit * (R("09", "az", "AZ") + S "._-+~")^0
local description = Ct(Cg(C(name), "product") * (S "/ _-,"^1 * (S "vV")^-1 * Cg(C(version), "version"))^-1
  + Cg(C(version), "version") * " " * Cg(C(name), "product"))

-- UPnP's own form (UPnP Device Architecture 1.1, section 1.2.2): system/version UPnP/version product/version.
local upnp = (1 - P "UPnP/")^1 * "UPnP/" * version * P ","^-1 * " "
  * Ct(Cg(C((1 - S "/,")^1), "product") * ("/" * Cg(C(version), "version"))^-1)

local function cpe_of(product)
  return product and CPE[product:lower()]
end

local TEXTS_MAX = 512   -- texts remembered, in each of two generations: most servers say what others say, too

-- What a text shows by itself, by text: named -> texts.
local shown = { [true] = { new = {}, old = {}, count = 0 }, [false] = { new = {}, old = {}, count = 0 } }

local function shown_by(text, named)
  local memory = shown[named]
  local found = memory.new[text]
  if found then return found end
  found = memory.old[text]
  if not found then
    found = named and (upnp:match(text) or description:match(text)) or {}
    found.os, found.cpe = software.system(text), cpe_of(found.product)
  end
  if memory.count >= TEXTS_MAX then memory.old, memory.new, memory.count = memory.new, {}, 0 end
  memory.new[text], memory.count = found, memory.count + 1
  return found
end

-- Adds product and version (when `named`: `text` begins with them), vendor, cpe and os to `fields`, as far as `text`, which
-- may be nil, shows them. Returns fields.
function software.describe(fields, text, named)
  if not text then return fields end
  local found = shown_by(text, named or false)
  local cpe = found.cpe
  if fields.product and fields.product ~= found.product then cpe = cpe_of(fields.product) end
  fields.product, fields.version = fields.product or found.product, fields.version or found.version
  if cpe then fields.vendor, fields.cpe = VENDOR[cpe], cpe end
  fields.os = fields.os or found.os
  return fields
end

return software

-- Net::SMPP: a short message service's center, as far as the library goes: it decodes requests, and answers the binding.
return {
  title = "Net::SMPP", package = "libnet-smpp-perl", tier = 2,
  start = [[
cat > lab.pl <<'PERL'
use Net::SMPP;
$SIG{CHLD} = 'IGNORE';
my $listener = Net::SMPP->new_listen('0.0.0.0', port => 2775, smpp_version => 0x34) or die $!;
while (1) {
  my $smpp = $listener->accept or next;
  next if fork;
  while (my $pdu = $smpp->read_pdu) {
    if ($pdu->{cmd} == Net::SMPP::CMD_enquire_link) { $smpp->enquire_link_resp(seq => $pdu->{seq}) }
    else { $smpp->generic_nack(seq => $pdu->{seq}, status => 3) }
  }
  exit;
}
PERL
exec perl lab.pl
]],
  serves = { {
    service = "smpp", port = 2775, ways = {}, fields = { command = "enquire_link_resp", status = 0 },
  } },
}

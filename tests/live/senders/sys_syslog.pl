#!/usr/bin/perl
# sys_syslog.pl PORT COUNT PROTOCOL: perl's own Sys::Syslog.
use strict;
use warnings;
use Sys::Syslog qw(:standard :extended);

my ($port, $count, $protocol) = @ARGV;
my @levels = qw(debug info warning err crit);
setlogsock({type => $protocol, host => "127.0.0.1", port => $port}) or die "no socket";
openlog("backup", "ndelay,pid", "local3");
for my $number (0 .. $count - 1) {
  syslog($levels[$number % 5], "job %d of %s", $number, "anna's files") or die "not sent: $number";
}
closelog();

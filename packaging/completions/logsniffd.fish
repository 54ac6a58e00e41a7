# fish completion for logsniffd.
complete -c logsniffd -f
set -l commands run sniff learn status tap top reload reopen log-level check test interfaces demo

complete -c logsniffd -n "not __fish_seen_subcommand_from $commands" -a run -d 'Run the daemon in the foreground (the default)'
complete -c logsniffd -n "not __fish_seen_subcommand_from $commands" -a sniff -d 'Capture now, and print records'
complete -c logsniffd -n "not __fish_seen_subcommand_from $commands" -a learn -d 'Listen to everything, and tell what logs here'
complete -c logsniffd -n "not __fish_seen_subcommand_from $commands" -a status -d 'Show whether the daemon is well'
complete -c logsniffd -n "not __fish_seen_subcommand_from $commands" -a tap -d 'Show the records of the daemon, live'
complete -c logsniffd -n "not __fish_seen_subcommand_from $commands" -a top -d 'Watch the running daemon'
complete -c logsniffd -n "not __fish_seen_subcommand_from $commands" -a reload -d 'Have the daemon read its configuration again'
complete -c logsniffd -n "not __fish_seen_subcommand_from $commands" -a reopen -d 'Have the daemon open its targets again'
complete -c logsniffd -n "not __fish_seen_subcommand_from $commands" -a log-level -d 'Set how much the daemon says about itself'
complete -c logsniffd -n "not __fish_seen_subcommand_from $commands" -a check -d 'Validate a configuration, and say what it will do'
complete -c logsniffd -n "not __fish_seen_subcommand_from $commands" -a test -d 'Run a capture file through a configuration'
complete -c logsniffd -n "not __fish_seen_subcommand_from $commands" -a interfaces -d 'List what can be captured on'
complete -c logsniffd -n "not __fish_seen_subcommand_from $commands" -a demo -d 'Show records of sample messages'
complete -c logsniffd -n "not __fish_seen_subcommand_from $commands" -s c -l config -r -F -d 'The configuration file'
complete -c logsniffd -n "not __fish_seen_subcommand_from $commands" -s h -l help -d 'Print the commands'
complete -c logsniffd -n "not __fish_seen_subcommand_from $commands" -l version -d 'Print the version'

complete -c logsniffd -n '__fish_seen_subcommand_from run' -s c -l config -r -F -d 'The configuration file'
complete -c logsniffd -n '__fish_seen_subcommand_from run' -s h -l help -d 'Print the options'

complete -c logsniffd -n '__fish_seen_subcommand_from sniff' -s i -l interface -x -a '(echo any; ls /sys/class/net)' -d 'The interface to capture on'
complete -c logsniffd -n '__fish_seen_subcommand_from sniff' -s r -l read -r -F -d 'Read a pcap or pcapng file instead'
complete -c logsniffd -n '__fish_seen_subcommand_from sniff' -l filter -x -d 'Capture only packets that match this expression'
complete -c logsniffd -n '__fish_seen_subcommand_from sniff' -l direction -x -a 'to from both' -d 'Which direction to read, as seen from the port'
complete -c logsniffd -n '__fish_seen_subcommand_from sniff' -l framing -x -a 'auto lines nul octet length datagram' -d 'How the end of a record is found'
complete -c logsniffd -n '__fish_seen_subcommand_from sniff' -l decode -x -a 'auto plain syslog json gelf python netconsole' -d 'How a record is decoded'
complete -c logsniffd -n '__fish_seen_subcommand_from sniff' -l match -x -d 'Show only records in which this RE2 expression is found'
complete -c logsniffd -n '__fish_seen_subcommand_from sniff' -l exclude -x -d 'Do not show records in which this RE2 expression is found'
complete -c logsniffd -n '__fish_seen_subcommand_from sniff' -l format -x -a 'text json raw' -d 'How a record is printed'
complete -c logsniffd -n '__fish_seen_subcommand_from sniff' -s o -l output -r -F -d 'Write to this file'
complete -c logsniffd -n '__fish_seen_subcommand_from sniff' -l promiscuous -d 'Also capture what is sent to other hosts'
complete -c logsniffd -n '__fish_seen_subcommand_from sniff' -l count -x -d 'Stop after this many records'
complete -c logsniffd -n '__fish_seen_subcommand_from sniff' -l duration -x -d 'Stop after this time'
complete -c logsniffd -n '__fish_seen_subcommand_from sniff' -s x -l hex -d 'Print the bytes of each packet before its records'
complete -c logsniffd -n '__fish_seen_subcommand_from sniff' -l stats -d 'Print the ledger at the end'
complete -c logsniffd -n '__fish_seen_subcommand_from sniff' -s h -l help -d 'Print the options'

complete -c logsniffd -n '__fish_seen_subcommand_from learn' -s i -l interface -x -a '(echo any; ls /sys/class/net)' -d 'The interface to listen on'
complete -c logsniffd -n '__fish_seen_subcommand_from learn' -s r -l read -r -F -d 'Read a pcap or pcapng file instead'
complete -c logsniffd -n '__fish_seen_subcommand_from learn' -l duration -x -d 'How long to listen'
complete -c logsniffd -n '__fish_seen_subcommand_from learn' -l yaml -r -F -d 'Write the configuration for it to this new file'
complete -c logsniffd -n '__fish_seen_subcommand_from learn' -l json -d 'Print one JSON object'
complete -c logsniffd -n '__fish_seen_subcommand_from learn' -s h -l help -d 'Print the options'

complete -c logsniffd -n '__fish_seen_subcommand_from status' -l json -d 'Print one JSON object on a line'
complete -c logsniffd -n '__fish_seen_subcommand_from status' -l watch -d 'Print it again every two seconds'
complete -c logsniffd -n '__fish_seen_subcommand_from status' -l why -x -d 'Say why nothing arrives at a port, filter or sink'
complete -c logsniffd -n '__fish_seen_subcommand_from status' -l socket -r -F -d 'The control socket of the daemon'
complete -c logsniffd -n '__fish_seen_subcommand_from status' -s h -l help -d 'Print the options'

complete -c logsniffd -n '__fish_seen_subcommand_from tap' -l at -x -a 'packet stream record' -d 'What is shown'
complete -c logsniffd -n '__fish_seen_subcommand_from tap' -s x -l hex -d 'Show the bytes as well, in hex'
complete -c logsniffd -n '__fish_seen_subcommand_from tap' -l dropped -d 'Show what is thrown away instead, and why'
complete -c logsniffd -n '__fish_seen_subcommand_from tap' -l match -x -d 'Show only what this RE2 expression is found in'
complete -c logsniffd -n '__fish_seen_subcommand_from tap' -l format -x -a 'text json raw' -d 'How it is printed'
complete -c logsniffd -n '__fish_seen_subcommand_from tap' -l count -x -d 'Stop after this many'
complete -c logsniffd -n '__fish_seen_subcommand_from tap' -l duration -x -d 'Stop after this time'
complete -c logsniffd -n '__fish_seen_subcommand_from tap' -l socket -r -F -d 'The control socket of the daemon'
complete -c logsniffd -n '__fish_seen_subcommand_from tap' -s h -l help -d 'Print the options'

complete -c logsniffd -n '__fish_seen_subcommand_from top' -l once -d 'Print the figures once, without a screen'
complete -c logsniffd -n '__fish_seen_subcommand_from top' -l socket -r -F -d 'The control socket of the daemon'
complete -c logsniffd -n '__fish_seen_subcommand_from top' -s h -l help -d 'Print the options'

complete -c logsniffd -n '__fish_seen_subcommand_from reload' -l socket -r -F -d 'The control socket of the daemon'
complete -c logsniffd -n '__fish_seen_subcommand_from reload' -s h -l help -d 'Print the options'

complete -c logsniffd -n '__fish_seen_subcommand_from reopen' -l socket -r -F -d 'The control socket of the daemon'
complete -c logsniffd -n '__fish_seen_subcommand_from reopen' -s h -l help -d 'Print the options'

complete -c logsniffd -n '__fish_seen_subcommand_from log-level' -x -a 'debug info warning error'
complete -c logsniffd -n '__fish_seen_subcommand_from log-level' -l socket -r -F -d 'The control socket of the daemon'
complete -c logsniffd -n '__fish_seen_subcommand_from log-level' -s h -l help -d 'Print the options'

complete -c logsniffd -n '__fish_seen_subcommand_from check' -s c -l config -r -F -d 'The configuration file'
complete -c logsniffd -n '__fish_seen_subcommand_from check' -l show-bpf -d 'Also print the instructions of the kernel filter'
complete -c logsniffd -n '__fish_seen_subcommand_from check' -s h -l help -d 'Print the options'

complete -c logsniffd -n '__fish_seen_subcommand_from test' -F
complete -c logsniffd -n '__fish_seen_subcommand_from test' -s c -l config -r -F -d 'The configuration file'
complete -c logsniffd -n '__fish_seen_subcommand_from test' -l expect -x -a '(__fish_complete_directories)' -d 'Compare with this folder, which has one file for each sink'
complete -c logsniffd -n '__fish_seen_subcommand_from test' -l update -d 'Write that folder'
complete -c logsniffd -n '__fish_seen_subcommand_from test' -s h -l help -d 'Print the options'

complete -c logsniffd -n '__fish_seen_subcommand_from interfaces' -s h -l help -d 'Print the options'

complete -c logsniffd -n '__fish_seen_subcommand_from demo' -l duration -x -d 'Stop after this time'
complete -c logsniffd -n '__fish_seen_subcommand_from demo' -s h -l help -d 'Print the options'

logsniffd_fuzz(syslog SOURCES syslog.cpp LINKS logsniffd_decoder)

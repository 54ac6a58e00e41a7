logsniffd_fuzz(netconsole SOURCES netconsole.cpp LINKS logsniffd_decoder)

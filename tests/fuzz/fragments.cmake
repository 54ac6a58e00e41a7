logsniffd_fuzz(fragments SOURCES fragments.cpp LINKS logsniffd_ip)

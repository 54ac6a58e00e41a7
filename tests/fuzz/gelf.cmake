logsniffd_fuzz(gelf SOURCES gelf.cpp LINKS logsniffd_decoder)

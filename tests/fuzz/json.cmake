logsniffd_fuzz(json SOURCES json.cpp LINKS logsniffd_decoder)

logsniffd_fuzz(cef SOURCES cef.cpp LINKS logsniffd_decoder)

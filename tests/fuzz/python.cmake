logsniffd_fuzz(python SOURCES python.cpp LINKS logsniffd_decoder)

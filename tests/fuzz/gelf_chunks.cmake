logsniffd_fuzz(gelf_chunks SOURCES gelf_chunks.cpp LINKS logsniffd_framing)

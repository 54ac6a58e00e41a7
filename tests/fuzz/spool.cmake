logsniffd_fuzz(spool SOURCES spool.cpp LINKS logsniffd_spool)

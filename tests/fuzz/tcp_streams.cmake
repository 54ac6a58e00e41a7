logsniffd_fuzz(tcp_streams SOURCES tcp_streams.cpp LINKS logsniffd_tcp)

logsniffd_fuzz(link_ip SOURCES link_ip.cpp LINKS logsniffd_packet_path)

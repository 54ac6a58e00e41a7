logsniffd_fuzz(proxy_header SOURCES proxy_header.cpp LINKS logsniffd_framing)

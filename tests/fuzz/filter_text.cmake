logsniffd_fuzz(filter_text SOURCES filter_text.cpp LINKS logsniffd_filter)

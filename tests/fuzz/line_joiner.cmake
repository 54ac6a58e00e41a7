logsniffd_fuzz(line_joiner SOURCES line_joiner.cpp LINKS logsniffd_framing)

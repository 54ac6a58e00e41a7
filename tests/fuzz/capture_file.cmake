logsniffd_fuzz(capture_file SOURCES capture_file.cpp LINKS logsniffd_capture)

logsniffd_fuzz(file_name SOURCES file_name.cpp LINKS logsniffd_sink_file)

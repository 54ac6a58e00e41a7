logsniffd_fuzz(control SOURCES control.cpp LINKS logsniffd_control)

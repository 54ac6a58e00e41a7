logsniffd_fuzz(client_hello SOURCES client_hello.cpp LINKS logsniffd_survey)

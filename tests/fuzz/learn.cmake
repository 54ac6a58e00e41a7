logsniffd_fuzz(learn SOURCES learn.cpp LINKS logsniffd_learn)

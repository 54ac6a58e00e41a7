logsniffd_fuzz(config SOURCES config.cpp LINKS logsniffd_config)

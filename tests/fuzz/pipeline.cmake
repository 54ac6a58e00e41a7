logsniffd_fuzz(pipeline SOURCES pipeline.cpp LINKS logsniffd_pipeline)

# logsniffd_room(NAME SOURCES a.cpp ... [LINKS room ...] [LIBRARIES target ...])
#
# Declares the room NAME as the static library logsniffd_NAME (an interface library if it has only headers).
# LINKS names the rooms that it may see. LIBRARIES names outside libraries, which rooms that link NAME do not see.
function(logsniffd_room NAME)
  cmake_parse_arguments(ROOM "" "" "SOURCES;LINKS;LIBRARIES" ${ARGN})
  list(TRANSFORM ROOM_LINKS REPLACE "/" "_")
  list(TRANSFORM ROOM_LINKS PREPEND logsniffd_)
  string(REPLACE "/" "_" target logsniffd_${NAME})
  add_library(${target} STATIC ${ROOM_SOURCES})
  target_link_libraries(${target} PUBLIC logsniffd_compiler ${ROOM_LINKS} PRIVATE ${ROOM_LIBRARIES})
endfunction()

# logsniffd_room(NAME SOURCES a.cpp ... [LINKS room ...] [LIBRARIES target ...])
#
# Declares the room NAME as the static library logsniffd_NAME; a room inside another one is named OUTER/INNER, and its
# library logsniffd_OUTER_INNER.
# LINKS names the rooms that it may see; LIBRARIES the outside libraries, hidden from the rooms that link it.
function(logsniffd_room NAME)
  cmake_parse_arguments(ROOM "" "" "SOURCES;LINKS;LIBRARIES" ${ARGN})
  list(TRANSFORM ROOM_LINKS REPLACE "/" "_")
  list(TRANSFORM ROOM_LINKS PREPEND logsniffd_)
  string(REPLACE "/" "_" target logsniffd_${NAME})
  add_library(${target} STATIC ${ROOM_SOURCES})
  target_link_libraries(${target} PUBLIC logsniffd_compiler ${ROOM_LINKS} PRIVATE ${ROOM_LIBRARIES})
endfunction()

# logsniffd_room(NAME SOURCES a.cpp ... [LINKS room ...] [LIBRARIES target ...])
#
# Declares the room NAME as the static library logsniffd_NAME (an interface library when it has headers only).
# LINKS names the rooms that it may see; LIBRARIES the outside libraries, hidden from the rooms that link it.
function(logsniffd_room NAME)
  cmake_parse_arguments(ROOM "" "" "SOURCES;LINKS;LIBRARIES" ${ARGN})
  list(TRANSFORM ROOM_LINKS PREPEND logsniffd_)
  set(target logsniffd_${NAME})
  add_library(${target} STATIC ${ROOM_SOURCES})
  target_link_libraries(${target} PUBLIC logsniffd_compiler ${ROOM_LINKS} PRIVATE ${ROOM_LIBRARIES})
endfunction()

# logsniffd_quick_build(TARGET): for tests whose code is compiled more often than it is slow.
#
# Three quarters of the time of a test's compilation is the optimizer's, on templates of GoogleTest and nlohmann-json that run
# for a moment; most of the rest is the parser's, on the headers of precompiled.hpp. So these files are not optimized, and
# share one precompiled header. The rooms under test are optimized as the preset says. Fortification wants an optimizer, and the
# header's macros must be those of every target: some ask for -pthread. A target needs GoogleTest among its libraries.
set(logsniffd_quick_options -O0 -U_FORTIFY_SOURCE -pthread)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  list(APPEND logsniffd_quick_options -fpch-preprocess)  # or ccache refuses
else()
  list(APPEND logsniffd_quick_options "SHELL:-Xclang -fno-pch-timestamp")  # or a file from ccache is refused
endif()

# A precompiled header fits one set of flags: those of an executable, which is not what CMake gives to an object library.
add_library(logsniffd_precompiled OBJECT EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/precompiled.cpp)
set_target_properties(logsniffd_precompiled PROPERTIES POSITION_INDEPENDENT_CODE OFF)
target_compile_options(logsniffd_precompiled PRIVATE -fPIE ${logsniffd_quick_options})
target_link_libraries(logsniffd_precompiled PRIVATE logsniffd_compiler GTest::gmock tl::expected absl::flat_hash_map)
target_precompile_headers(logsniffd_precompiled PRIVATE ${CMAKE_CURRENT_LIST_DIR}/precompiled.hpp)

function(logsniffd_quick_build TARGET)
  target_compile_options(${TARGET} PRIVATE ${logsniffd_quick_options})
  target_precompile_headers(${TARGET} REUSE_FROM logsniffd_precompiled)
endfunction()

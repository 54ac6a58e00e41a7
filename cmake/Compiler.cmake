# Warnings, sanitizers and hardening, in one interface library that every target links.
add_library(logsniffd_compiler INTERFACE)
target_include_directories(logsniffd_compiler INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(logsniffd_compiler INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor
  -Woverloaded-virtual -Wcast-align -Wformat=2 -Wimplicit-fallthrough)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 wrongly reports overlapping copies in the operators of std::string (GCC bug 105651).
  target_compile_options(logsniffd_compiler INTERFACE -Wno-restrict)
endif()
if(LOGSNIFFD_WERROR)
  target_compile_options(logsniffd_compiler INTERFACE -Werror)
endif()

if(LOGSNIFFD_SANITIZE)
  target_compile_options(logsniffd_compiler INTERFACE
    -fsanitize=${LOGSNIFFD_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(logsniffd_compiler INTERFACE -fsanitize=${LOGSNIFFD_SANITIZE})
else()
  target_compile_options(logsniffd_compiler INTERFACE -fstack-protector-strong -fcf-protection)
  target_compile_definitions(logsniffd_compiler INTERFACE $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2>)
  target_link_options(logsniffd_compiler INTERFACE -Wl,-z,relro,-z,now -Wl,--as-needed)
endif()

if(LOGSNIFFD_FUZZ)
  # Instruments every room for coverage; only the fuzz executables link libFuzzer's main.
  target_compile_options(logsniffd_compiler INTERFACE -fsanitize=fuzzer-no-link)
endif()

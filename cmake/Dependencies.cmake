# All of these are Debian 12 packages. Their apt names are in cmake/packages.txt.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(tl-expected REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(CLI11 REQUIRED)
find_package(absl REQUIRED)
find_package(Boost REQUIRED)
find_package(nlohmann_json REQUIRED)
pkg_check_modules(PCAP REQUIRED IMPORTED_TARGET libpcap)
pkg_check_modules(SYSTEMD REQUIRED IMPORTED_TARGET libsystemd)
pkg_check_modules(NCURSES REQUIRED IMPORTED_TARGET ncursesw)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
target_compile_definitions(PkgConfig::XXHASH INTERFACE XXH_INLINE_ALL)  # inlined, a hash of a key of known size costs a third
pkg_check_modules(SIMDJSON REQUIRED IMPORTED_TARGET simdjson)
pkg_check_modules(OPENSSL REQUIRED IMPORTED_TARGET openssl)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET libseccomp)
pkg_check_modules(CAPNG REQUIRED IMPORTED_TARGET libcap-ng)
pkg_check_modules(PROMETHEUS REQUIRED IMPORTED_TARGET prometheus-cpp-core)

# The headers of other projects are exempt from the warnings of this one.
foreach(target PkgConfig::PCAP PkgConfig::SYSTEMD PkgConfig::NCURSES PkgConfig::RE2 PkgConfig::XXHASH PkgConfig::SIMDJSON
        PkgConfig::OPENSSL PkgConfig::ZLIB PkgConfig::ZSTD PkgConfig::SECCOMP PkgConfig::CAPNG PkgConfig::PROMETHEUS fmt::fmt spdlog::spdlog yaml-cpp CLI11::CLI11
        nlohmann_json::nlohmann_json tl::expected)
  get_target_property(dirs ${target} INTERFACE_INCLUDE_DIRECTORIES)
  if(dirs)
    set_target_properties(${target} PROPERTIES INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${dirs}")
  endif()
endforeach()

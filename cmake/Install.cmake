# cmake --install: binary, unit, journal catalog, system user, configuration, manual pages, completions, lnav format,
# Grafana dashboard, alert rules. DESTDIR applies to everything.
install(TARGETS logsniffd RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES packaging/sysusers.conf DESTINATION lib/sysusers.d RENAME logsniffd.conf)

foreach(section 1 5 8)
  file(GLOB pages docs/man/*.${section})
  install(FILES ${pages} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
endforeach()

install(FILES packaging/completions/logsniffd.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
        RENAME logsniffd)
# Debian's zsh looks below /usr in share/zsh/vendor-completions instead.
set(LOGSNIFFD_ZSH_FUNCTIONS ${CMAKE_INSTALL_DATADIR}/zsh/site-functions CACHE STRING "Where zsh finds its completions")
install(FILES packaging/completions/_logsniffd DESTINATION ${LOGSNIFFD_ZSH_FUNCTIONS})
install(FILES packaging/completions/logsniffd.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(FILES packaging/lnav/logsniffd.json DESTINATION ${CMAKE_INSTALL_DATADIR}/logsniffd/lnav)
install(FILES packaging/grafana/logsniffd.json DESTINATION ${CMAKE_INSTALL_DATADIR}/logsniffd/grafana)
install(FILES packaging/prometheus/logsniffd.rules.yml DESTINATION ${CMAKE_INSTALL_DATADIR}/logsniffd/prometheus)

install(FILES systemd/logsniffd.catalog DESTINATION lib/systemd/catalog)

# The prefix is known only at install time (--prefix), and the unit must name the binary by its full path.
install(CODE "set(logsniffd_unit \"${PROJECT_SOURCE_DIR}/systemd/logsniffd.service\")
set(logsniffd_yaml \"${PROJECT_SOURCE_DIR}/config/logsniffd.yaml\")
set(logsniffd_bindir \"${CMAKE_INSTALL_BINDIR}\")")
install(CODE [[
  set(unit "${CMAKE_INSTALL_PREFIX}/lib/systemd/system/logsniffd.service")
  message(STATUS "Installing: $ENV{DESTDIR}${unit}")
  file(READ "${logsniffd_unit}" text)
  string(REPLACE "/usr/bin/logsniffd" "${CMAKE_INSTALL_PREFIX}/${logsniffd_bindir}/logsniffd" text "${text}")
  file(WRITE "$ENV{DESTDIR}${unit}" "${text}")
]])

# The daemon reads /etc/logsniffd.yaml whatever the prefix. The operator's own file is never overwritten.
install(CODE [[
  set(yaml "$ENV{DESTDIR}/etc/logsniffd.yaml")
  if(EXISTS "${yaml}")
    message(STATUS "Kept: ${yaml}")
  else()
    file(INSTALL "${logsniffd_yaml}" DESTINATION /etc)  # file(INSTALL) adds DESTDIR itself
  endif()
  set(included "$ENV{DESTDIR}/etc/logsniffd.d")
  if(NOT EXISTS "${included}")
    file(MAKE_DIRECTORY "${included}")
    # Whatever the umask: a folder that the daemon cannot read is an error.
    file(CHMOD "${included}" PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
  endif()
]])

# Under a sanitizer, some targets are compiled from one source that includes all of theirs (CMake's UNITY_BUILD). Those are the
# ones that gain by it: the compiler reads and instantiates what they include from outside (CLI11, spdlog, nlohmann-json, abseil)
# once and not in every file, which halves their cost or better. The preset dev compiles each file alone, and so proves that it
# includes what it uses. Two files of such a target cannot have private names in common.
#
# A name that is no target is an error, so that the list stays true.
function(logsniffd_compile_together)
  set_target_properties(${ARGN} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 0)
endfunction()

if(LOGSNIFFD_SANITIZE)
  logsniffd_compile_together(logsniffd_app logsniffd_capture logsniffd_cli logsniffd_record_path logsniffd_tcp)
  if(LOGSNIFFD_TESTS)
    logsniffd_compile_together(corpus_run damage_test unit_app unit_capture unit_pipeline unit_tcp)
  endif()
endif()

# Some targets are compiled from one source that includes all of theirs (CMake's UNITY_BUILD). The compiler then reads and
# instantiates once, and not in every file, what they include from outside; that halves their cost or better. The preset
# dev compiles each file of the rooms alone, and so proves that each includes what it uses. Two files of such a target
# cannot have private names in common, not even of functions with other parameters: a call could mean the other one.
#
# A name that is not a target is an error, so that the list stays true.
function(logsniffd_compile_together)
  set_target_properties(${ARGN} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 0)
endfunction()

if(LOGSNIFFD_TOGETHER)
  logsniffd_compile_together(
    logsniffd_app logsniffd_capture logsniffd_cli logsniffd_decoder logsniffd_filter logsniffd_format
    logsniffd_packet_path logsniffd_record logsniffd_record_json logsniffd_record_path logsniffd_record_python
    logsniffd_record_syslog logsniffd_sink logsniffd_sink_file logsniffd_sink_journald logsniffd_sink_net
    logsniffd_sink_syslog logsniffd_spool logsniffd_tcp logsniffd_text logsniffd_udp)
endif()
if(LOGSNIFFD_TESTS)
  logsniffd_compile_together(
    corpus_run damage_test unit_app unit_base unit_capture unit_decoder unit_format unit_pipeline unit_record unit_record_json
    unit_sink unit_sink_file unit_sink_net unit_sink_syslog unit_spool unit_tcp)
endif()

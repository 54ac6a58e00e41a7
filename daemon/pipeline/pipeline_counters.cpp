#include "daemon/pipeline/pipeline.hpp"

namespace logsniffd::pipeline {

void Pipeline::copy_counters(PipelineCounters& copy) const {
  copy.packets = packets_;
  copy.clock = clock_.counters();
  copy.streams = connections_.counters();
  copy.fragments = fragments_.counters();
  copy.framing = framing_.counters;
  copy.joining = joiner_.counters();
  copy.records = records_;
  copy.gelf_chunks = gelf_chunks_.counters();
  copy.netconsole = netconsole_.counters();
  copy.decoding = decoder_.counters();
  copy.python = decoder_.python_counters();
}

}  // namespace logsniffd::pipeline

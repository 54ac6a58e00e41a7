#include "daemon/sink/undelivered.hpp"

namespace logsniffd::sink {

void Undelivered::add_rest(const record::RecordBatch& batch, unsigned index, std::uint64_t settled) {
  for (std::uint32_t i = 0; i < batch.size(); ++i) {
    if ((batch.header(i).sinks >> index & 1) == 0) continue;
    if (settled > 0) {
      --settled;
    } else {
      records.push_back(i);
    }
  }
}

}  // namespace logsniffd::sink

// Any bytes as the content of a spool. The first byte chooses whether they are a segment file or the records
// of an entry.
//
// Every byte of a segment is in an entry or skipped, entries lie in the file, and reading ends. Records that can be
// read can be written, and read the same again.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "daemon/spool/batch_codec.hpp"
#include "daemon/spool/segment_reader.hpp"

namespace {

using namespace logsniffd;
using namespace logsniffd::spool;

constexpr std::uint64_t kSegment = 1;

void require(bool condition) {
  if (!condition) std::abort();
}

std::string encoded(const record::RecordBatch& batch) {
  BatchEncoder encoder;
  encoder.begin();
  for (std::uint32_t i = 0; i < batch.size(); ++i) encoder.add(batch, i);
  return std::string(encoder.bytes());
}

void check_records(std::string_view bytes) {
  BatchDecoder decoder;
  record::RecordBatch batch;
  const auto records = decoder.decode(bytes, 1, batch);
  if (!records) return;
  require(*records == batch.size() && batch.count_for(0) == *records);
  require(batch.memory_bytes() <= sizeof batch + 16 * (bytes.size() + 64));
  const std::string once = encoded(batch);
  record::RecordBatch again;
  require(decoder.decode(once, 1, again) == records);
  require(encoded(again) == once);
}

void check_segment(std::string_view bytes) {
  UniqueFd file(::memfd_create("segment", MFD_CLOEXEC));
  require(file.valid() && ::write(file.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  SegmentReader reader(std::move(file), kSegment, 0);
  std::uint64_t in_entries = 0;
  std::uint64_t end = 0;
  while (const auto entry = reader.next(bytes.size())) {
    require(reader.begin() >= end && reader.offset() == reader.begin() + entry->size());
    require(reader.offset() <= bytes.size());
    require(entry->payload == bytes.substr(reader.begin() + SpoolEntry::kHeader, entry->payload.size()));
    std::string sealed;
    append_entry(*entry, kSegment, sealed);
    require(sealed == bytes.substr(reader.begin(), entry->size()));
    check_records(entry->payload);
    in_entries += entry->size();
    end = reader.offset();
  }
  require(in_entries + reader.skipped_bytes() == bytes.size());
  require((reader.skipped_bytes() == 0) == (reader.skipped_places() == 0));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view rest = as_text({data + 1, size - 1});
  if (data[0] % 2 == 0) {
    check_segment(rest);
  } else {
    check_records(rest);
  }
  return 0;
}

#include "daemon/spool/segment_reader.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace logsniffd::spool {

std::optional<SpoolEntry> SegmentReader::next(std::uint64_t limit) {
  while (offset_ < limit) {
    const auto size = size_at(offset_, limit);
    if (!size) {
      skip_to(limit);
      break;
    }
    const Bytes bytes = view(offset_, static_cast<std::size_t>(*size), limit);
    if (bytes.size() == *size) {
      if (const auto entry = read_entry(bytes, segment_)) {
        begin_ = offset_;
        offset_ += *size;
        return entry;
      }
    }
    const std::uint64_t behind = offset_ + *size;
    skip_to(behind == limit || size_at(behind, limit) ? behind : limit);
  }
  return std::nullopt;
}

// Nothing if no entry begins there, or if it is longer than the file.
std::optional<std::uint64_t> SegmentReader::size_at(std::uint64_t offset, std::uint64_t limit) {
  const Bytes header = view(offset, SpoolEntry::kHeader, limit);
  if (header.size() < SpoolEntry::kHeader) return std::nullopt;
  const auto size = entry_size(header);
  return size && *size <= limit - offset ? size : std::nullopt;
}

void SegmentReader::skip_to(std::uint64_t offset) {
  skipped_bytes_ += offset - offset_;
  ++skipped_places_;
  offset_ = offset;
}

Bytes SegmentReader::view(std::uint64_t offset, std::size_t size, std::uint64_t limit) {
  size = static_cast<std::size_t>(std::min<std::uint64_t>(size, limit - offset));
  const bool inside = offset >= window_offset_ && offset + size <= window_offset_ + window_.size();
  if (!inside) {
    window_offset_ = offset;
    window_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(std::max(size, kWindow), limit - offset)));
    std::size_t got = 0;
    while (got < window_.size()) {
      const ssize_t more =
          ::pread(file_.get(), window_.data() + got, window_.size() - got, static_cast<off_t>(window_offset_ + got));
      if (more < 0 && errno == EINTR) continue;
      if (more <= 0) break;  // shorter than expected, or unreadable: both are damage
      got += static_cast<std::size_t>(more);
    }
    window_.resize(got);
    size = std::min(size, got);
  }
  return as_bytes(std::string_view(window_).substr(static_cast<std::size_t>(offset - window_offset_), size));
}

}  // namespace logsniffd::spool

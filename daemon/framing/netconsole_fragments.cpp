#include "daemon/framing/netconsole_fragments.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace logsniffd::framing {
namespace {

void append_text(Buffer& out, std::string_view text) { out.insert(out.end(), text.begin(), text.end()); }

void append_number(Buffer& out, std::uint64_t number) {
  std::array<char, 20> digits;
  const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  append_text(out, {digits.data(), result.ptr});
}

}  // namespace

bool is_fragment(const NetconsoleFragment& where, Bytes text) {
  return !text.empty() && where.total <= kMaxNetconsoleMessage && where.offset < where.total &&
         text.size() <= where.total - where.offset;
}

void NetconsoleFragments::begin(std::string_view head, std::uint32_t total) {
  head_.clear();
  append_text(head_, head);
  bytes_.clear();
  parts_.clear();
  total_ = total;
  received_ = 0;
}

NetconsoleFragments::Added NetconsoleFragments::add(std::string_view head, NetconsoleFragment where, Bytes text) {
  if (head != as_text(head_) || where.total != total_) return Added::contradicts;
  const auto size = static_cast<std::uint32_t>(text.size());
  const auto behind = std::lower_bound(parts_.begin(), parts_.end(), where.offset,
                                       [](const Part& part, std::uint32_t offset) { return part.offset < offset; });
  if (behind != parts_.end() && behind->offset == where.offset && behind->size == size) {
    const Bytes there = Bytes(bytes_).subspan(behind->at, behind->size);
    return std::equal(there.begin(), there.end(), text.begin()) ? Added::copy : Added::contradicts;
  }
  const bool overlaps_next = behind != parts_.end() && behind->offset < where.offset + size;
  const bool overlaps_last =
      behind != parts_.begin() && std::prev(behind)->offset + std::prev(behind)->size > where.offset;
  if (overlaps_next || overlaps_last || parts_.size() == kMaxNetconsoleParts) return Added::contradicts;
  parts_.insert(behind, {where.offset, size, bytes_.size()});
  bytes_.insert(bytes_.end(), text.begin(), text.end());
  received_ += size;
  return Added::kept;
}

void NetconsoleFragments::append(Buffer& out, const Part& part) const {
  const Bytes bytes = Bytes(bytes_).subspan(part.at, part.size);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void NetconsoleFragments::write(Buffer& out) const {
  out.assign(head_.begin(), head_.end());
  out.push_back(';');
  for (const Part& part : parts_) append(out, part);
}

std::size_t NetconsoleFragments::write_piece(std::size_t first, Buffer& out) const {
  out.assign(head_.begin(), head_.end());
  append_text(out, ",ncfrag=");
  append_number(out, parts_[first].offset);
  out.push_back('/');
  append_number(out, total_);
  out.push_back(';');
  std::uint32_t end = parts_[first].offset;
  for (; first < parts_.size() && parts_[first].offset == end; ++first) {
    append(out, parts_[first]);
    end += parts_[first].size;
  }
  return first;
}

std::size_t NetconsoleFragments::capacity_bytes() const {
  return head_.capacity() + bytes_.capacity() + parts_.capacity() * sizeof(Part);
}

}  // namespace logsniffd::framing

#include "daemon/format/line_block.hpp"

#include <algorithm>

namespace logsniffd::format {
namespace {

bool goes_to(const record::RecordBatch& batch, std::size_t i, unsigned index) {
  return (batch.header(i).sinks >> index & 1) != 0;
}

}  // namespace

void LineBlock::clear() {
  text_.clear();
  pieces_.clear();
  ends_.clear();
}

void LineBlock::shrink(std::size_t most) {
  const bool large = text_.capacity() > most || ends_.capacity() * sizeof ends_.front() > most;
  if (large) {
    *this = LineBlock();
  } else {
    clear();
  }
}

void LineBlock::add(const record::RecordBatch& batch, unsigned index, const RecordFormat& format) {
  if (format.is_raw()) return borrow(batch, index);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (!goes_to(batch, i, index)) continue;
    format.append_line(batch.record(i, fields_), batch.filter_name(i), text_);
    end_line();
  }
}

void LineBlock::borrow(const record::RecordBatch& batch, unsigned index) {
  std::uint64_t end = bytes();
  for (std::size_t i = 0; i < batch.size();) {
    if (!goes_to(batch, i, index)) {
      ++i;
      continue;
    }
    const record::RecordBatch::Run run = batch.message_run(i, index);
    pieces_.push_back(run.text);
    for (; i < run.next; ++i) ends_.push_back(end += batch.header(i).message_length + 1);
  }
}

std::uint64_t LineBlock::lines_within(std::uint64_t bytes) const {
  return static_cast<std::uint64_t>(std::upper_bound(ends_.begin(), ends_.end(), bytes) - ends_.begin());
}

std::uint64_t LineBlock::bytes_of(std::uint64_t lines) const { return lines == 0 ? 0 : ends_[lines - 1]; }

std::span<const std::string_view> LineBlock::pieces() {
  if (!text_.empty()) pieces_.assign(1, text_);
  return pieces_;
}

std::span<const std::string_view> LineBlock::pieces(LineRange lines) {
  if (lines.first == 0 && lines.last == this->lines()) return pieces();
  const std::uint64_t begin = bytes_of(lines.first);
  const std::uint64_t end = bytes_of(lines.last);
  slice_.clear();
  std::uint64_t offset = 0;
  for (const std::string_view piece : pieces()) {
    const std::uint64_t from = std::max(begin, offset);
    const std::uint64_t to = std::min(end, offset + piece.size());
    if (from < to) slice_.push_back(piece.substr(from - offset, to - from));
    offset += piece.size();
  }
  return slice_;
}

}  // namespace logsniffd::format

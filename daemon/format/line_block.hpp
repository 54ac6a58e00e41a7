// The lines of one batch for one target, to be written as one piece, and the end of each line.
//
// The lines are either borrowed from a batch as they lie (raw), or formatted into the block's own buffer; never both.
//
// THREAD    confined to the sink's worker.
// LIFETIME  what was borrowed must outlive the block's use, up to clear().
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/format/record_format.hpp"
#include "daemon/record/record_batch.hpp"

namespace logsniffd::format {

// Lines [first, last) of a block.
struct LineRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

class LineBlock {
 public:
  void clear();
  // Like clear(), and releases a buffer of more than `most` bytes.
  void shrink(std::size_t most);

  // Adds every record of `batch` that goes to sink number `index`; borrows them if the format is raw.
  void add(const record::RecordBatch& batch, unsigned index, const RecordFormat& format);
  // To add a line: append it to text(), then call end_line().
  [[nodiscard]] std::string& text() { return text_; }
  void end_line() { ends_.push_back(text_.size()); }

  [[nodiscard]] bool empty() const { return ends_.empty(); }
  [[nodiscard]] std::uint64_t lines() const { return ends_.size(); }
  [[nodiscard]] std::uint64_t bytes() const { return ends_.empty() ? 0 : ends_.back(); }
  // How many lines lie wholly within the first `bytes`; and how many bytes the first `lines` take.
  [[nodiscard]] std::uint64_t lines_within(std::uint64_t bytes) const;
  [[nodiscard]] std::uint64_t bytes_of(std::uint64_t lines) const;
  // The text of the lines. Valid until the next change.
  [[nodiscard]] std::span<const std::string_view> pieces();
  [[nodiscard]] std::span<const std::string_view> pieces(LineRange lines);

 private:
  void borrow(const record::RecordBatch& batch, unsigned index);

  std::string text_;
  std::vector<std::string_view> pieces_;
  std::vector<std::string_view> slice_;
  std::vector<std::uint64_t> ends_;
  std::vector<record::Field> fields_;
};

}  // namespace logsniffd::format

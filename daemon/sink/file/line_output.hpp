// An Output in which a line is whole or absent: a line that a failed write left incomplete is taken back, or at least
// ended before the next line.
//
// THREAD  confined to the sink's worker.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "daemon/format/line_block.hpp"
#include "daemon/sink/output.hpp"

namespace logsniffd::sink::file {

class LineOutput {
 public:
  // `existing`: it may have content. If that does not end with a LF, the first write begins with one. The content is
  // looked at then, because the sink that this one follows after a reload may be writing a line until then.
  LineOutput(UniqueFd fd, bool existing) : output_(std::move(fd)), existing_(existing) {}

  // Writes the lines. result.bytes counts the lines alone, up to the end of the last whole one.
  [[nodiscard]] WriteResult write(format::LineBlock& block, format::LineRange lines, Interrupt& interrupt,
                                  Duration patience);
  [[nodiscard]] WriteResult write(format::LineBlock& block, Interrupt& interrupt, Duration patience) {
    return write(block, {0, block.lines()}, interrupt, patience);
  }
  [[nodiscard]] int fd() const { return output_.fd(); }

 private:
  // Removes the last `bytes`. Returns false if that is impossible, or if somebody else wrote after them.
  bool take_back(std::uint64_t bytes);

  Output output_;
  bool existing_;
  bool torn_ = false;
  std::vector<std::string_view> pieces_;
};

// Counts the block's records that were written, and returns their number.
std::uint64_t count_written(const format::LineBlock& block, const WriteResult& result, SinkCounters& counters);

}  // namespace logsniffd::sink::file

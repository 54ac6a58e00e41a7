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
  // `torn`: the existing content does not end with a LF, so the next write must begin with one.
  LineOutput(UniqueFd fd, bool torn) : output_(std::move(fd)), torn_(torn) {}

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
  bool torn_;
  std::vector<std::string_view> pieces_;
};

// Counts what became of the block's records.
void settle(const format::LineBlock& block, const WriteResult& result, SinkCounters& counters);

}  // namespace logsniffd::sink::file

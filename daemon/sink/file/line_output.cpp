#include "daemon/sink/file/line_output.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "daemon/base/confined_file.hpp"

namespace logsniffd::sink::file {

WriteResult LineOutput::write(format::LineBlock& block, format::LineRange lines, Interrupt& interrupt,
                              Duration patience) {
  std::span<const std::string_view> pieces = block.pieces(lines);
  if (std::exchange(existing_, false)) torn_ = ends_torn(fd());
  const std::uint64_t lead = torn_ ? 1 : 0;
  if (torn_) {
    pieces_.assign(1, "\n");
    pieces_.insert(pieces_.end(), pieces.begin(), pieces.end());
    pieces = pieces_;
  }
  WriteResult result = output_.write(pieces, interrupt, patience);
  if (result.bytes < lead) return result;  // nothing was written, and it is still torn
  torn_ = false;
  const std::uint64_t written = result.bytes - lead;
  const std::uint64_t begin = block.bytes_of(lines.first);
  result.bytes = block.bytes_of(block.lines_within(begin + written)) - begin;
  if (written > result.bytes) torn_ = !take_back(written - result.bytes);
  return result;
}

bool LineOutput::take_back(std::uint64_t bytes) {
  struct stat status {};
  if (::fstat(fd(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
  const off_t end = ::lseek(fd(), 0, SEEK_CUR);  // after our last write, also with O_APPEND
  const off_t whole = end - static_cast<off_t>(bytes);
  if (end != status.st_size || whole < 0) return false;
  return ::ftruncate(fd(), whole) == 0 && ::lseek(fd(), whole, SEEK_SET) == whole;
}

std::uint64_t count_written(const format::LineBlock& block, const WriteResult& result, SinkCounters& counters) {
  const std::uint64_t lines = block.lines_within(result.bytes);
  counters.written.add(lines);
  counters.written_bytes.add(block.bytes_of(lines));
  return lines;
}

}  // namespace logsniffd::sink::file

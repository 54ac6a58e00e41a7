// A descriptor to which pieces of text are written, gathered, without ever blocking beyond an Interrupt.
//
// THREAD  confined to the sink's worker.
// BLOCK   waits for room through Interrupt alone, each time at most for `patience`. A pipe or terminal that others hold
//         in blocking mode is opened again if the system allows it; otherwise it is fed in pieces that fit into the
//         room that poll(2) has promised.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "daemon/base/time.hpp"
#include "daemon/base/unique_fd.hpp"
#include "daemon/sink/interrupt.hpp"
#include "daemon/sink/sink.hpp"

namespace logsniffd::sink {

enum class WriteOutcome : std::uint8_t { done, failed, timeout, interrupted };

struct WriteResult {
  WriteOutcome outcome = WriteOutcome::done;
  int error = 0;            // errno, if failed
  std::uint64_t bytes = 0;  // that the kernel took, of all pieces
};

// Why the records that were not written are lost.
[[nodiscard]] DropReason drop_reason(const WriteResult& result);
// What went wrong, in the words of strerror(3) or in our own.
[[nodiscard]] std::string describe(const WriteResult& result);

class Output {
 public:
  // Takes ownership of `fd`, of any kind, and does not change the mode that it shares with others.
  explicit Output(UniqueFd fd);

  [[nodiscard]] WriteResult write(std::span<const std::string_view> pieces, Interrupt& interrupt, Duration patience);
  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  enum class Means : std::uint8_t {
    writev,  // a file, or anything in non-blocking mode
    polled,  // a blocking pipe or terminal that cannot be opened again
    send,    // a socket
  };

  UniqueFd fd_;
  Means means_ = Means::writev;
};

}  // namespace logsniffd::sink

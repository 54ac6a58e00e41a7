// Packets from a capture file: pcap (both byte orders, micro- and nanoseconds) and pcapng, read through a bounded
// buffer. The file may be a regular one, a pipe or a FIFO ("-" is standard input), and compressed (decompressor.hpp).
//
// The project reads the files itself instead of through libpcap, whose memcpy per packet and stdio calls cost more than
// everything that follows (docs/decisions/0002-own-capture-file-reader.md). Unlike libpcap it also reads pcapng files
// with several link types.
//
// THREAD   confined to the thread that owns it.
// ERRORS   open(): no such file, no permission, not a capture file. read(): a damaged file, named with the offset. A
//          file that ends inside a packet or inside its compressed data fails the same way, after all whole packets
//          before it. For a pipe, only read() sees the contents.
// WAITING  a file is never idle. A pipe is idle whenever its writer sends nothing: wait for wait_fd().
// BOUNDS   a packet above kMaxPacketBytes is damage (record_cut.hpp); at most kMaxFileInterfaces interfaces per
//          pcapng section.
#pragma once

#include <memory>
#include <string>

#include "daemon/capture/bpf_expression.hpp"
#include "daemon/capture/packet_source.hpp"

namespace logsniffd::capture {

class FileSource final : public PacketSource {
 public:
  // `expression` (the user's BPF) is applied in user space; empty: none. REQUIRED: check_expression(expression)
  // succeeded.
  static Expected<std::unique_ptr<FileSource>> open(const std::string& path, const std::string& expression);
  // Reads bytes in memory, which must outlive the source (tests, fuzzing).
  static Expected<std::unique_ptr<FileSource>> over(Bytes contents);
  ~FileSource() override;

  Expected<ReadStatus> read(PacketObserver& observer, std::size_t budget) override;
  [[nodiscard]] int wait_fd() const override;  // -1 for a file
  [[nodiscard]] Duration wait_limit() const override;
  [[nodiscard]] CaptureStatistics statistics() override;

 private:
  struct State;
  explicit FileSource(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace logsniffd::capture

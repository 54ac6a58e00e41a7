// Shows each packet before its records (sniff -x): the link type, and the bytes in the format of hexdump -C without the
// ASCII column.
//
// It sits between source and pipeline, and writes everything out before it continues: it is for inspection, not
// for speed.
//
// THREAD  the capture worker's, except for open().
#pragma once

#include <memory>
#include <string>

#include "daemon/app/capture_worker.hpp"
#include "daemon/base/error.hpp"
#include "daemon/base/unique_fd.hpp"

namespace logsniffd::cli {

class HexDump final : public capture::PacketObserver {
 public:
  // `output`: the file that the records go to; empty: standard output. The worker must outlive the result.
  static Expected<std::unique_ptr<HexDump>> open(app::CaptureWorker& worker, const std::string& output);

  // Packets that no filter watches are not shown.
  void on_packet(const capture::RawPacket& packet) override;

 private:
  HexDump(app::CaptureWorker& worker, UniqueFd output) : worker_(worker), output_(std::move(output)) {}

  app::CaptureWorker& worker_;
  UniqueFd output_;
  std::string text_;  // reused
};

// "00000000  45 00 ...\n" for each 16 bytes, appended to `out`.
void append_hex_lines(Bytes bytes, std::string& out);

// "EN10MB, 60 bytes\n00000000  45 00 ...\n", appended to `out`.
void append_hex_dump(const capture::RawPacket& packet, std::string& out);

}  // namespace logsniffd::cli

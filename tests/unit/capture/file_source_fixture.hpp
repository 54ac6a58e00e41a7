// Capture files made in memory or in a temporary file.
#pragma once

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "daemon/base/unique_fd.hpp"
#include "daemon/capture/file_source.hpp"
#include "tests/support/packet_builder.hpp"
#include "tests/unit/capture/file_blocks.hpp"

namespace logsniffd::capture {

using test::CaptureWriter;
using test::FileKind;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

inline constexpr std::int64_t kWhen = 1'700'000'000'123'456'789;
inline PacketTime at(std::int64_t nanoseconds) { return PacketTime(Duration(nanoseconds)); }

inline std::vector<std::uint8_t> two_packets(FileKind kind) {
  return CaptureWriter(1, kind)
      .add(as_bytes("first packet"), at(kWhen))
      .add(as_bytes("second"), at(kWhen + 1'000), 2'000)
      .bytes();
}

// A file that is removed at the end of the test.
class TemporaryFile {
 public:
  explicit TemporaryFile(Bytes contents = {}) {
    path_ = (std::filesystem::temp_directory_path() / "capture-file-XXXXXX").string();
    const UniqueFd fd(::mkstemp(path_.data()));
    std::ofstream(path_, std::ios::binary) << as_text(contents);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { std::filesystem::remove(path_); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace logsniffd::capture

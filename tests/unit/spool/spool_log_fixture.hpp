// A spool in a temporary folder, and what its tests share.
#pragma once

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <csignal>
#include <filesystem>
#include <numeric>

#include "daemon/spool/spool_log.hpp"
#include "tests/support/failing_call.hpp"
#include "tests/support/temp_directory.hpp"

namespace logsniffd::spool {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Texts = std::vector<std::string>;

inline constexpr SteadyTime kNow{std::chrono::hours(1)};
inline constexpr SpoolLimits kRoomy{1 << 20, 1 << 16};

inline std::unique_ptr<SpoolLog> opened(const std::string& path, SpoolLimits limits = kRoomy) {
  auto log = SpoolLog::open(path, limits);
  EXPECT_TRUE(log) << (log ? "" : log.error().message());
  return log ? std::move(*log) : nullptr;
}

inline void put(SpoolLog& log, std::string_view text, std::uint32_t records = 1) {
  EXPECT_EQ(log.append({EntryKind::records, records, text}, kNow), SpoolLog::Appended::done) << log.take_error();
}

inline std::string take(SpoolLog& log) {
  const auto front = log.front();
  if (!front) return "(nothing)";
  std::string text(front->entry.payload);
  log.pop_front();
  return text;
}

inline Texts take_all(SpoolLog& log) {
  Texts texts;
  while (const auto front = log.front()) {
    texts.emplace_back(front->entry.payload);
    log.pop_front();
  }
  return texts;
}

class SpoolLogTest : public testing::Test {
 protected:
  // In ascending order.
  Texts segment_files() {
    Texts files;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      if (entry.path().extension() == ".segment") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
  }
  // Leaves the spool of a killed process: entries of one to five bytes, one record each, in one segment.
  void leave(const Texts& texts) {
    const auto log = opened(path_);
    for (const std::string& text : texts) put(*log, text);
  }

  // Makes this segment the whole spool, with nothing delivered.
  void restore(const std::string& file, const std::string& content) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
    test::write_file(file, content);
  }

  test::TempDirectory directory_;
  std::string path_ = directory_.path("spool/of/a/sink");
};

}  // namespace logsniffd::spool

// What a reload leaves behind: nothing if it fails, at whatever step, and after a thousand reloads no more
// than after ten.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>

#include "tests/unit/app/live_bytes.hpp"
#include "tests/unit/app/reload_fixture.hpp"

namespace logsniffd::app {
namespace {

using testing::HasSubstr;

std::size_t open_descriptors() {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}));
}

class CollectorReloadTest : public ReloadFixture {
 protected:
  // A reload that fails with `words`, after which nothing more is open than before.
  void expect_undone(const config::Config& config, const std::string& words) {
    const std::size_t before = open_descriptors();
    const Status reloaded = collector_->reload(config);
    ASSERT_FALSE(reloaded);
    EXPECT_THAT(reloaded.error().message(), HasSubstr(words));
    EXPECT_EQ(open_descriptors(), before);
    EXPECT_TRUE(spool_is_free());
    EXPECT_TRUE(collector_->settled());
  }

  // Whether another process could take the spool.
  [[nodiscard]] bool spool_is_free() const {
    const UniqueFd folder(::open(spool_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return !folder.valid() || ::flock(folder.get(), LOCK_EX | LOCK_NB) == 0;
  }

  config::Config senseless_filter() const {
    config::Config config = second_;
    config.filters[0].match = {"("};
    return config;
  }
  // Everything else in this configuration can be opened.
  config::Config target_below_a_file() const {
    test::write_file(directory_.path("occupied"), "");
    config::Config config = second_;
    config.capture.snaplen = 1024;
    config.sinks.push_back(file("occupied/below"));
    return config;
  }
};

TEST_F(CollectorReloadTest, FilterMakesNoSense_NothingStaysOpen) {
  start();
  expect_undone(senseless_filter(), "filter app");
}

TEST_F(CollectorReloadTest, CaptureCannotBeOpened_NothingStaysOpen) {
  start();
  no_capture_ = true;
  second_.capture.interfaces = {"eth9"};
  expect_undone(second_, "eth9");
}

TEST_F(CollectorReloadTest, LastTargetCannotBeOpened_TheOthersAreClosedAgain) {
  start();
  expect_undone(target_below_a_file(), "sink occupied");
}

TEST_F(CollectorReloadTest, KernelRefusesTheFilter_NothingStaysOpen) {
  start();
  refuses_filters_ = true;
  expect_undone(second_, "rejected the filter");
}

TEST_F(CollectorReloadTest, AfterAFailedReload_TheNextOneWorks) {
  start();
  refuses_filters_ = true;
  expect_undone(second_, "rejected the filter");
  refuses_filters_ = false;
  const Status reloaded = collector_->reload(second_);
  ASSERT_TRUE(reloaded) << reloaded.error().message();
  EXPECT_FALSE(spool_is_free());
  settle();
  EXPECT_EQ(collector_->ledger().sinks.size(), 3U);
}

TEST_F(CollectorReloadTest, AThousandGoodAndBadReloads_HoldNoMoreThanTen) {
  start();
  second_.capture.snaplen = 2048;  // each good reload opens the capture, too
  config::Config same_capture = second_;
  same_capture.capture = first_.capture;
  const std::array<config::Config, 4> bad{senseless_filter(), target_below_a_file(), same_capture, second_};
  std::size_t descriptors_of_ten = 0;
  // Threads hold memory for a moment now and then. So the maximum of the first ten rounds is compared with the minimum
  // of the last ten.
  std::size_t bytes_of_ten = 0;
  std::size_t bytes_at_last = SIZE_MAX;
  for (int round = 1; round <= 1000; ++round) {
    const Status good = collector_->reload(round % 2 == 0 ? first_ : second_);
    ASSERT_TRUE(good) << good.error().message();
    settle();
    // The first two fail whatever is in force. The other two are tried only while first_ is in force.
    const auto kind = static_cast<std::size_t>(round % 4 == 0 ? 2 + round / 4 % 2 : round % 2);
    refuses_filters_ = kind == 2;
    no_capture_ = kind == 3;
    ASSERT_FALSE(collector_->reload(bad[kind])) << kind;
    refuses_filters_ = false;
    no_capture_ = false;
    if (round % 2 != 0) continue;  // first_ is in force, and its memory is compared
    if (round == 10) descriptors_of_ten = open_descriptors();
    if (round <= 10) bytes_of_ten = std::max(bytes_of_ten, test::live_bytes());
    if (round > 990) bytes_at_last = std::min(bytes_at_last, test::live_bytes());
  }
  EXPECT_EQ(open_descriptors(), descriptors_of_ten);
  if (test::kCountsBytes) {
    EXPECT_GT(bytes_at_last, 0U);
  }
  EXPECT_LE(bytes_at_last, bytes_of_ten);
}

}  // namespace
}  // namespace logsniffd::app

// What is observed of a sink whose records may wait in a spool.
#include "tests/unit/spool/spooled_sink_fixture.hpp"

namespace logsniffd::spool {
namespace {

using SpooledWatchTest = SpooledSinkTest;

TEST_F(SpooledWatchTest, TargetThere_LatencyIsCountedOnce) {
  write({"a", "b"});
  EXPECT_EQ(watch_->latencies().summary().count, 2);
  EXPECT_EQ(watch_->latencies().summary().longest, 1ms);
  EXPECT_FALSE(watch_->health().failing);
}

TEST_F(SpooledWatchTest, TargetAway_IsFailingWithItsReasonWhileRecordsWait) {
  target_.go_away();
  write({"a"});
  wall_ += 1s;
  write({"b"});
  EXPECT_TRUE(watch_->health().failing);
  EXPECT_EQ(watch_->health().since, kWhen + 1ms);
  EXPECT_EQ(watch_->health().trouble, "the target: away");
  EXPECT_EQ(watch_->latencies().summary().count, 0);
  EXPECT_EQ(watch_->last_write(), std::nullopt);
}

TEST_F(SpooledWatchTest, RecordsThatWaited_CountFromTheirCaptureWhenTheyReachTheTarget) {
  target_.go_away();
  write({"a", "b"});
  target_.come_back();
  wall_ = kWhen + 30s;
  wait();
  EXPECT_FALSE(watch_->health().failing);
  EXPECT_EQ(watch_->health().since, kWhen + 30s);
  EXPECT_EQ(watch_->last_write(), kWhen + 30s);
  EXPECT_EQ(watch_->latencies().summary().count, 2);
  EXPECT_EQ(watch_->latencies().summary().p50, 30s);
}

TEST_F(SpooledWatchTest, TargetThatGoesAwayAgainWhileTheSpoolEmpties_IsFailing) {
  target_.go_away();
  write({"a", "b"});
  target_.takes = 1;
  wait();
  EXPECT_TRUE(watch_->health().failing);
  EXPECT_EQ(watch_->latencies().summary().count, 1);
}

TEST_F(SpooledWatchTest, ConnectionThatBreaks_IsFailing) {
  target_.buffers = true;
  write({"a", "b"});
  target_.break_connection(2);
  write({"c"});
  EXPECT_TRUE(watch_->health().failing);
  EXPECT_EQ(watch_->health().trouble, "the target: broken");
}

TEST_F(SpooledWatchTest, TargetAwayAtTheStart_IsFailing) {
  target_.go_away();
  start();
  EXPECT_TRUE(watch_->health().failing);
  EXPECT_EQ(watch_->health().trouble, "the target: away");
}

TEST_F(SpooledWatchTest, SpoolThatIsDamaged_SaysNothingAboutTheTarget) {
  target_.go_away();
  write({"a", "b"});
  stop();
  for (const auto& entry : std::filesystem::directory_iterator(path_)) {
    if (entry.path().extension() == ".segment") {
      std::filesystem::resize_file(entry.path(), std::filesystem::file_size(entry.path()) - 1);
    }
  }
  target_.come_back();
  start();
  EXPECT_THAT(sink_->take_error(), HasSubstr("damaged"));
  EXPECT_FALSE(watch_->health().failing);
}

}  // namespace
}  // namespace logsniffd::spool

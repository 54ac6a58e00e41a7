// A spool that nothing disturbs, and one that is opened again.
#include "tests/unit/spool/spool_log_fixture.hpp"

namespace logsniffd::spool {
namespace {

TEST_F(SpoolLogTest, Fresh_IsEmpty) {
  const auto log = opened(path_);
  EXPECT_TRUE(log->empty());
  EXPECT_FALSE(log->front());
  EXPECT_EQ(log->records(), 0);
  EXPECT_EQ(log->bytes(), 0);
}

TEST_F(SpoolLogTest, EntriesComeBackInOrder) {
  const auto log = opened(path_);
  put(*log, "one", 3);
  put(*log, "", 1);
  put(*log, "three", 2);
  EXPECT_EQ(log->records(), 6);
  EXPECT_EQ(log->bytes(), 3 * SpoolEntry::kHeader + 8);
  EXPECT_EQ(log->front()->entry.records, 3);
  EXPECT_THAT(take_all(*log), ElementsAre("one", "", "three"));
  EXPECT_TRUE(log->empty());
  EXPECT_EQ(log->bytes(), 0);
  EXPECT_THAT(segment_files(), IsEmpty());
}

TEST_F(SpoolLogTest, AppendingWhileReading_KeepsTheOrder) {
  const auto log = opened(path_, {1 << 20, 200});
  Texts taken;
  Texts expected;
  for (int i = 0; i < 100; ++i) {
    expected.push_back(std::to_string(i));
    put(*log, expected.back());
    if (i % 3 != 0) taken.push_back(take(*log));
  }
  for (const std::string& text : take_all(*log)) taken.push_back(text);
  EXPECT_EQ(taken, expected);
}

TEST_F(SpoolLogTest, ManySegments_AreRemovedAsTheyAreRead) {
  const auto log = opened(path_, {1 << 20, 100});
  Texts expected;
  for (int i = 0; i < 50; ++i) put(*log, expected.emplace_back(std::string(40, static_cast<char>('a' + i % 26))));
  EXPECT_EQ(segment_files().size(), 50);
  for (int i = 0; i < 25; ++i) EXPECT_EQ(take(*log), expected[static_cast<std::size_t>(i)]);
  EXPECT_EQ(segment_files().size(), 25);
  EXPECT_EQ(log->bytes(), 25 * (SpoolEntry::kHeader + 40));
}

TEST_F(SpoolLogTest, EntryLargerThanASegment_HasOneOfItsOwn) {
  const auto log = opened(path_, {1 << 20, 100});
  const std::string large(300'000, 'x');  // and than the reader's window
  put(*log, "before");
  put(*log, large);
  put(*log, "behind");
  EXPECT_EQ(take(*log), "before");
  EXPECT_EQ(take(*log), large);
  EXPECT_EQ(take(*log), "behind");
}

TEST_F(SpoolLogTest, Full_RefusesUntilASegmentIsDelivered) {
  constexpr std::uint64_t kEntry = SpoolEntry::kHeader + 76;  // 100
  const auto log = opened(path_, {4 * kEntry, 2 * kEntry});
  const std::string text(76, 'x');
  for (int i = 0; i < 4; ++i) put(*log, text);
  EXPECT_EQ(log->append({EntryKind::records, 1, text}, kNow), SpoolLog::Appended::full);
  EXPECT_EQ(log->append({EntryKind::records, 1, ""}, kNow), SpoolLog::Appended::full);
  EXPECT_EQ(log->records(), 4);
  take(*log);
  EXPECT_EQ(log->append({EntryKind::records, 1, text}, kNow), SpoolLog::Appended::full);
  take(*log);
  put(*log, text);
  EXPECT_EQ(log->bytes(), 3 * kEntry);
}

TEST_F(SpoolLogTest, Restart_GoesOnBehindWhatWasDelivered) {
  {
    const auto log = opened(path_, {1 << 20, 64});
    for (const char* text : {"a", "b", "c", "d", "e"}) put(*log, text, 2);
    EXPECT_EQ(take(*log), "a");
    EXPECT_EQ(take(*log), "b");
    EXPECT_EQ(take(*log), "c");
  }
  const auto log = opened(path_, {1 << 20, 64});
  EXPECT_EQ(log->records(), 4);
  put(*log, "f");
  EXPECT_THAT(take_all(*log), ElementsAre("d", "e", "f"));
  EXPECT_EQ(log->take_damage().places, 0);
}

TEST_F(SpoolLogTest, RestartInsideAnEntry_GoesOnBehindItsSettledRecords) {
  leave({"x"});
  {
    const auto log = opened(path_);
    put(*log, "five records", 5);
    EXPECT_EQ(take(*log), "x");
    ASSERT_TRUE(log->front());
    log->settle(2, true);
    log->settle(1, false);  // the fourth, for example; a restart knows only of the first two
    EXPECT_EQ(log->records(), 2);
  }
  const auto log = opened(path_);
  EXPECT_EQ(log->records(), 3);
  EXPECT_EQ(log->front()->settled, 2);
  EXPECT_EQ(log->front()->entry.records, 5);
  log->pop_front();
  EXPECT_EQ(log->records(), 0);
  EXPECT_TRUE(log->empty());
}

TEST_F(SpoolLogTest, PositionTorn_EverythingComesAgain) {
  {
    const auto log = opened(path_);
    for (const char* text : {"a", "b", "c"}) put(*log, text);
    take(*log);
  }
  const std::string position = test::read_file(path_ + "/position");
  for (std::size_t size = 0; size < position.size(); ++size) {
    test::write_file(path_ + "/position", position.substr(0, size));
    EXPECT_EQ(opened(path_)->records(), 3) << size;
  }
}

TEST_F(SpoolLogTest, PositionFlipped_EverythingComesAgain) {
  leave({"a", "b"});
  take(*opened(path_));
  const std::string position = test::read_file(path_ + "/position");
  for (std::size_t at = 0; at < position.size(); ++at) {
    std::string flipped = position;
    flipped[at] = static_cast<char>(flipped[at] ^ 1);
    test::write_file(path_ + "/position", flipped);
    EXPECT_EQ(opened(path_)->records(), 2) << at;
  }
}

TEST_F(SpoolLogTest, DeliveredSegmentThatCameBack_IsNotDeliveredAgain) {
  leave({"old"});
  const std::string file = segment_files().front();
  const std::string old = test::read_file(file);
  {
    const auto log = opened(path_);
    put(*log, "next");
    put(*log, "last");
    EXPECT_EQ(take(*log), "old");
    EXPECT_EQ(take(*log), "next");
  }
  test::write_file(file, old);  // as if its removal had not reached the disk
  EXPECT_THAT(take_all(*opened(path_)), ElementsAre("last"));
}

}  // namespace
}  // namespace logsniffd::spool

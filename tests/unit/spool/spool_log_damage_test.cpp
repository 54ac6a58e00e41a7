// A spool whose files are damaged, missing, or not readable.
#include "tests/unit/spool/spool_log_fixture.hpp"

namespace logsniffd::spool {
namespace {

// As after kill -9, or a power failure, in the middle of a write.
TEST_F(SpoolLogTest, LastSegmentTruncatedAtEveryByte_WholeEntriesAreKeptAndTheTailIsCounted) {
  leave({"first", "second", "third"});
  const std::string file = segment_files().front();
  const std::string whole = test::read_file(file);
  const std::vector<std::size_t> ends{SpoolEntry::kHeader + 5, 2 * SpoolEntry::kHeader + 11, whole.size()};
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    restore(file, whole.substr(0, size));
    const auto entries = static_cast<std::size_t>(std::upper_bound(ends.begin(), ends.end(), size) - ends.begin());
    const std::size_t kept = entries == 0 ? 0 : ends[entries - 1];
    const auto log = opened(path_);
    const SpoolLog::Damage damage = log->take_damage();
    EXPECT_EQ(log->records(), entries) << size;
    EXPECT_EQ(damage.bytes, size - kept) << size;
    EXPECT_EQ(damage.places, size > kept ? 1 : 0) << size;
    EXPECT_EQ(log->bytes(), kept) << size;
    put(*log, "new");
    Texts expected{"first", "second", "third"};
    expected.resize(entries);
    expected.push_back("new");
    EXPECT_EQ(take_all(*log), expected) << size;
    EXPECT_EQ(log->take_damage().places, 0) << size;
  }
}

TEST_F(SpoolLogTest, TornTail_IsCutAndToldOnce) {
  leave({"kept", "torn"});
  const std::string file = segment_files().front();
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 1);
  EXPECT_EQ(opened(path_)->take_damage().places, 1);
  EXPECT_EQ(opened(path_)->take_damage().places, 0);
  EXPECT_EQ(std::filesystem::file_size(file), SpoolEntry::kHeader + 4);
}

// Bytes that were not synced may come back as zeros.
TEST_F(SpoolLogTest, TailOfZeros_IsCut) {
  leave({"kept"});
  const std::string file = segment_files().front();
  std::filesystem::resize_file(file, 5000);
  const auto log = opened(path_);
  EXPECT_EQ(log->take_damage().bytes, 5000 - SpoolEntry::kHeader - 4);
  EXPECT_THAT(take_all(*log), ElementsAre("kept"));
}

TEST_F(SpoolLogTest, EveryBitFlipped_NothingWrongComesOutAndTheOtherEntriesDo) {
  const Texts texts{"first", "second", "third"};
  leave(texts);
  const std::string file = segment_files().front();
  const std::string whole = test::read_file(file);
  const std::size_t second = SpoolEntry::kHeader + 5;
  const std::size_t third = second + SpoolEntry::kHeader + 6;
  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    std::string flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
    restore(file, flipped);
    const std::size_t hit = bit / 8 < second ? 0 : bit / 8 < third ? 1 : 2;
    const auto log = opened(path_);
    const SpoolLog::Damage damage = log->take_damage();
    const Texts kept = take_all(*log);
    EXPECT_GE(damage.places, 1) << bit;
    Texts others = texts;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(hit));
    // If the magic or the length in a header is damaged, the rest of the segment cannot be found.
    Texts before(texts.begin(), texts.begin() + static_cast<std::ptrdiff_t>(hit));
    const std::size_t in_entry = bit / 8 - (hit == 0 ? 0 : hit == 1 ? second : third);
    const bool framing_hit = in_entry >= 8 && in_entry < 16;  // magic and length
    EXPECT_EQ(kept, framing_hit ? before : others) << bit;
  }
}

TEST_F(SpoolLogTest, SegmentInTheMiddleDamaged_TheOthersAreDelivered) {
  {
    const auto log = opened(path_, {1 << 20, 1});
    for (const char* text : {"a", "b", "c"}) put(*log, text);
  }
  test::write_file(segment_files()[1], "no segment at all, whatever its name says");
  const auto log = opened(path_);
  EXPECT_EQ(log->records(), 2);
  EXPECT_EQ(log->take_damage().places, 1);
  EXPECT_THAT(take_all(*log), ElementsAre("a", "c"));
}

TEST_F(SpoolLogTest, DamagedAfterItWasCounted_TheRecordsAreTold) {
  const auto log = opened(path_, {1 << 20, 1});
  put(*log, "a", 2);
  put(*log, "b", 3);
  put(*log, "c", 4);
  test::write_file(segment_files()[1], std::string(SpoolEntry::kHeader + 1, '\0'));
  EXPECT_THAT(take_all(*log), ElementsAre("a", "c"));
  const SpoolLog::Damage damage = log->take_damage();
  EXPECT_EQ(damage.places, 1);
  EXPECT_EQ(damage.records, 3);
  EXPECT_EQ(log->records(), 0);
}

TEST_F(SpoolLogTest, SegmentUnderAnotherNumber_IsNoneOfItsEntries) {
  leave({"a"});
  const std::string file = segment_files().front();
  std::filesystem::rename(file, path_ + "/0000000000000009.segment");
  const auto log = opened(path_);
  EXPECT_TRUE(log->empty());
  EXPECT_EQ(log->take_damage().places, 1);
}

TEST_F(SpoolLogTest, OtherFiles_AreLeftAlone) {
  std::filesystem::create_directories(path_);
  const Texts others{"0000000000000001.segment.bak", "notes", "1.segment", "000000000000000x.segment"};
  for (const std::string& name : others) test::write_file(path_ + "/" + name, "mine");
  take_all(*opened(path_));
  for (const std::string& name : others) EXPECT_EQ(test::read_file(path_ + "/" + name), "mine");
}

TEST_F(SpoolLogTest, SegmentThatIsALink_IsSetAsideAndNotFollowed) {
  leave({"a"});
  const std::string elsewhere = directory_.path("elsewhere");
  std::filesystem::rename(segment_files().front(), elsewhere);
  std::filesystem::create_symlink(elsewhere, path_ + "/0000000000000001.segment");
  const auto log = opened(path_);
  ASSERT_TRUE(log);
  EXPECT_TRUE(log->empty());
  EXPECT_THAT(log->take_error(), HasSubstr("segment 1: "));
  EXPECT_TRUE(std::filesystem::is_symlink(path_ + "/0000000000000001.segment.aside"));
  EXPECT_NE(test::read_file(elsewhere), "(absent)");
}

TEST_F(SpoolLogTest, SegmentThatCannotBeOpened_IsSetAsideAndTheOthersGoOn) {
  {
    const auto log = opened(path_, {1 << 20, 1});
    for (const std::string text : {"a", "b", "c"}) put(*log, text);
  }
  const std::string unopenable = segment_files()[1];
  const std::string kept = test::read_file(unopenable);
  std::filesystem::rename(unopenable, directory_.path("kept"));
  std::filesystem::create_directory(unopenable);
  {
    const auto log = opened(path_, {1 << 20, 1});
    ASSERT_TRUE(log);
    EXPECT_EQ(log->take_error(), "spool " + path_ + ": segment 2: Is a directory; it was set aside as " +
                                     "0000000000000002.segment.aside, and will not be delivered");
    EXPECT_EQ(log->take_damage().places, 1);
    EXPECT_EQ(log->records(), 2);
    EXPECT_THAT(take_all(*log), ElementsAre("a", "c"));
    put(*log, "d");
  }
  const auto log = opened(path_);
  EXPECT_THAT(log->take_error(), IsEmpty());  // reported only once
  EXPECT_EQ(log->take_damage().places, 0);
  EXPECT_THAT(take_all(*log), ElementsAre("d"));
  EXPECT_TRUE(std::filesystem::is_directory(path_ + "/0000000000000002.segment.aside"));
}

TEST_F(SpoolLogTest, NewestSegmentSetAside_ItsNumberIsNotGivenAgain) {
  leave({"a"});
  std::filesystem::remove(segment_files().front());
  std::filesystem::create_directory(path_ + "/0000000000000001.segment");
  std::filesystem::create_directory(path_ + "/0000000000000009.segment.aside");
  const auto log = opened(path_);
  ASSERT_TRUE(log);
  put(*log, "b");
  EXPECT_THAT(segment_files(), ElementsAre(path_ + "/0000000000000010.segment"));
}

TEST_F(SpoolLogTest, SegmentThatCannotBeOpenedAnyMore_ItsRecordsAreToldAndTheOthersGoOn) {
  const auto log = opened(path_, {1 << 20, 1});
  put(*log, "a", 2);
  put(*log, "b", 3);
  put(*log, "c", 4);
  for (const std::string& file : {segment_files()[0], segment_files()[2]}) {
    std::filesystem::rename(file, file + ".moved");
    std::filesystem::create_directory(file);
  }
  EXPECT_THAT(take_all(*log), ElementsAre("b"));
  EXPECT_THAT(log->take_error(), HasSubstr("segment 3: Is a directory; it was set aside as "
                                           "0000000000000003.segment.aside, and will not be delivered (4 records)"));
  const SpoolLog::Damage damage = log->take_damage();
  EXPECT_EQ(damage.places, 2);
  EXPECT_EQ(damage.records, 6);
  EXPECT_EQ(log->records(), 0);
  put(*log, "d");  // into a segment that is found again
  EXPECT_THAT(take_all(*log), ElementsAre("d"));
}

TEST_F(SpoolLogTest, NoDescriptorsLeft_NothingIsSetAside) {
  leave({"a"});
  const auto log = opened(path_);
  test::with_failing_call({__NR_openat, EMFILE}, [&] { EXPECT_FALSE(log->front()); });
  EXPECT_THAT(log->take_error(), HasSubstr("segment 1: Too many open files"));
  EXPECT_EQ(log->take_damage().places, 0);
  EXPECT_THAT(take_all(*log), ElementsAre("a"));
}

}  // namespace
}  // namespace logsniffd::spool

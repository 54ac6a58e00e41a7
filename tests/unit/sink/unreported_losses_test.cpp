#include "daemon/sink/unreported_losses.hpp"

#include "tests/support/changeable_sink.hpp"
#include "tests/support/sink_fixture.hpp"

namespace logsniffd::sink {
namespace {

using namespace test;

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class UntoldLossesTest : public testing::Test {
 protected:
  void lose(const record::RecordBatch& batch, const std::vector<std::pair<DropReason, std::uint64_t>>& losses) {
    SinkCounters counters;
    const DroppedSums before = dropped_sums(counters);
    for (const auto& [reason, records] : losses) counters.dropped_for(reason).add(records);
    unreported.add(before, counters, batch, kSink);
  }
  std::vector<std::string> reported() {
    unreported.report(sink, interrupt);
    return std::exchange(target.took, {});
  }

  ChangeableSink::Target target;
  ChangeableSink sink{target};
  Interrupt interrupt = std::move(*Interrupt::create());
  UnreportedLosses unreported;
  InZone zone;
};

TEST_F(UntoldLossesTest, NothingLost_NothingIsTold) {
  lose(*batch_of(std::vector<std::string>{"a"}), {});
  EXPECT_THAT(reported(), IsEmpty());
}

TEST_F(UntoldLossesTest, OneReason_IsAddedUpUntilItIsTold) {
  lose(*batch_of(std::vector<std::string>{"a", "b"}, kWhen), {{DropReason::no_space, 2}});
  lose(*batch_of(std::vector<std::string>{"c"}, kWhen + 1s), {{DropReason::no_space, 1}});
  EXPECT_THAT(reported(), ElementsAre("# logsniffd: 3 records lost here (no space) between 10:27:44.016601 and "
                                      "10:27:45.016601, filter app"));
  EXPECT_THAT(reported(), IsEmpty());
}

TEST_F(UntoldLossesTest, EveryReason_HasItsOwnLine) {
  lose(*batch_of(std::vector<std::string>{"a", "b"}), {{DropReason::timeout, 1}, {DropReason::too_large, 1}});
  EXPECT_THAT(reported(), ElementsAre(testing::HasSubstr("1 record lost here (timeout)"),
                                      testing::HasSubstr("1 record lost here (too large)")));
}

TEST_F(UntoldLossesTest, TargetThatIsStillAway_IsToldLater) {
  lose(*batch_of(std::vector<std::string>{"a"}), {{DropReason::unreachable, 1}});
  target.go_away();
  EXPECT_THAT(reported(), IsEmpty());
  target.come_back();
  EXPECT_THAT(reported(), ElementsAre(testing::HasSubstr("1 record lost here (unreachable)")));
}

TEST_F(UntoldLossesTest, OfSeveralFilters_NoneIsNamed) {
  record::RecordBatch batch;
  batch.begin(std::make_shared<const record::FilterNames>(record::FilterNames{"app", "web"}));
  batch.append(plain_record("a"), 0, record::SinkMask{1} << kSink);
  batch.append(plain_record("b", kWhen + 1s), 1, record::SinkMask{1} << kSink);
  batch.append(plain_record("elsewhere", kWhen + 2s), 1, record::SinkMask{1} << (kSink + 1));
  lose(batch, {{DropReason::io_error, 2}});
  EXPECT_THAT(reported(),
              ElementsAre("# logsniffd: 2 records lost here (io error) between 10:27:44.016601 and 10:27:45.016601"));
}

TEST_F(UntoldLossesTest, WhatASpoolTells_IsNotToldAgain) {
  lose(*batch_of(std::vector<std::string>{"a", "b"}), {{DropReason::spool_full, 1}, {DropReason::spool_error, 1}});
  EXPECT_THAT(reported(), IsEmpty());
}

}  // namespace
}  // namespace logsniffd::sink

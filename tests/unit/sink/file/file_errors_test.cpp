// Errors of a disk: the kernel refuses a call, and the sink counts the loss, reports it and recovers.
#include <fcntl.h>
#include <sys/syscall.h>

#include <vector>

#include "daemon/sink/file/file_options.hpp"
#include "daemon/sink/file/file_sink.hpp"
#include "tests/support/failing_call.hpp"
#include "tests/support/sink_fixture.hpp"
#include "tests/support/temp_directory.hpp"

namespace logsniffd::sink::file {
namespace {

using namespace test;

using test::read_file;
using test::with_failing_call;
using testing::HasSubstr;

struct Refusal {
  int error;
  DropReason counted_as;
  const char* reported;
};

class RefusedWriteTest : public testing::TestWithParam<Refusal> {
 protected:
  std::unique_ptr<Sink> opened(SyncPolicy sync = SyncPolicy::never) {
    FileSinkOptions options{directory.path("app.log"), "raw"};
    options.sync = sync;
    auto sink = made(make_file_sink, options);
    EXPECT_TRUE(sink->open());
    return sink;
  }

  test::TempDirectory directory;
};

TEST_P(RefusedWriteTest, IsCountedAndToldAndOver) {
  auto sink = opened();
  Feeder feeder(*sink);
  feeder.write(std::vector<std::string>{"before"});
  with_failing_call({__NR_writev, GetParam().error}, [&] {
    feeder.write(std::vector<std::string>{"lost", "as well"});
  });
  EXPECT_EQ(dropped(*sink, GetParam().counted_as), 2U);
  EXPECT_TRUE(feeder.health().failing);
  EXPECT_THAT(feeder.health().trouble, HasSubstr(GetParam().reported));
  EXPECT_EQ(sink->take_error(), feeder.health().trouble);
  feeder.write(std::vector<std::string>{"after"});
  EXPECT_FALSE(feeder.health().failing);
  EXPECT_EQ(sink->take_error(), "");
  EXPECT_EQ(sink->counters().written.get(), 2U);
  EXPECT_EQ(read_file(directory.path("app.log")), "before\nafter\n");
}

INSTANTIATE_TEST_SUITE_P(Errors, RefusedWriteTest,
                         testing::Values(Refusal{EDQUOT, DropReason::no_space, "Disk quota exceeded"},
                                         Refusal{ENOSPC, DropReason::no_space, "No space left on device"},
                                         Refusal{EIO, DropReason::io_error, "Input/output error"},
                                         Refusal{EROFS, DropReason::io_error, "Read-only file system"}));

using RefusedSyncTest = RefusedWriteTest;

TEST_P(RefusedSyncTest, WithSyncAlways_IsALoss) {
  auto sink = opened(SyncPolicy::always);
  Feeder feeder(*sink);
  feeder.write(std::vector<std::string>{"before"});
  with_failing_call({__NR_fdatasync, GetParam().error}, [&] { feeder.write(std::vector<std::string>{"unsure"}); });
  EXPECT_EQ(dropped(*sink, GetParam().counted_as), 1U);
  EXPECT_THAT(sink->take_error(), HasSubstr(GetParam().reported));
  feeder.write(std::vector<std::string>{"after"});
  EXPECT_EQ(sink->counters().written.get(), 2U);
  EXPECT_EQ(sink->take_error(), "");
}

INSTANTIATE_TEST_SUITE_P(Errors, RefusedSyncTest,
                         testing::Values(Refusal{EIO, DropReason::io_error, "Input/output error"},
                                         Refusal{EDQUOT, DropReason::no_space, "Disk quota exceeded"}));

}  // namespace
}  // namespace logsniffd::sink::file

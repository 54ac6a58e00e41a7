// The ends that one segment can claim for a connection without a captured handshake.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/pipeline/pipeline_fixture.hpp"

namespace logsniffd::pipeline {
namespace {

using test::endpoint;
using testing::Each;
using testing::StrEq;

constexpr std::string_view kHeader = "PROXY TCP4 198.51.100.9 198.51.100.1 1 2\r\n";
constexpr std::uint32_t kTrue = 1'000'000;  // the start of the sender's bytes

class ProxiedEnds : public PipelineFixture {
 protected:
  void give(std::uint32_t seq, std::string_view payload) {
    now_ += std::chrono::milliseconds(100);
    PipelineFixture::give(test::tcp_packet(endpoint("10.0.0.1:40000"), endpoint("10.0.0.2:514"),
                                           {.seq = seq, .ack = 1, .flags = "PA"}, payload));
  }

  // Returns the source address that a PROXY header gave each record so far.
  std::vector<std::string> sources() {
    std::vector<std::string> all;
    take_records([&](const std::string&, const record::LogRecord& record) {
      all.emplace_back();
      for (const record::Field& field : record.fields) {
        if (field.name == "proxy.src.addr") all.back() = field.value;
      }
    });
    return all;
  }

  void say_lines() {
    std::uint32_t seq = kTrue;
    for (int i = 0; i < 60; ++i) {
      const std::string line = "<13>a line of the true sender " + std::to_string(i) + "\n";
      give(seq, line);
      seq += static_cast<std::uint32_t>(line.size());
    }
  }
};

class HeaderElsewhere : public ProxiedEnds, public testing::WithParamInterface<std::uint32_t> {};

TEST_P(HeaderElsewhere, InOneSegment_SaysNothingOfTheTrueSender) {
  give(GetParam(), kHeader);
  say_lines();
  const std::vector<std::string> said = sources();
  EXPECT_GE(said.size(), 30U);
  EXPECT_THAT(said, Each(StrEq("")));
}

INSTANTIATE_TEST_SUITE_P(All, HeaderElsewhere, testing::Values(kTrue + 100'000, kTrue - 100'000, kTrue + 500'000'000));

TEST_F(ProxiedEnds, HeaderInFrontOfAConnectionJoinedLate_HoldsForItsRecords) {
  give(kTrue - static_cast<std::uint32_t>(kHeader.size()), kHeader);
  say_lines();
  const std::vector<std::string> said = sources();
  EXPECT_EQ(said.size(), 60U);
  EXPECT_THAT(said, Each(StrEq("198.51.100.9")));
}

}  // namespace
}  // namespace logsniffd::pipeline

// Lines of the control socket, read and written.
#include "daemon/control/protocol.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace logsniffd::control {
namespace {

using testing::HasSubstr;

TEST(ParseRequest, WhatRequestLineWrites_IsRead) {
  const auto request = parse_request(request_line({"log-level", {{"level", "debug"}}}));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->command, "log-level");
  EXPECT_EQ(request->arguments, Json({{"level", "debug"}}));
}

TEST(ParseRequest, NoArguments_AreAnEmptyObject) {
  const auto request = parse_request(R"({"version":1,"command":"status"})");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->arguments, Json::object());
}

TEST(ParseRequest, UnknownMembers_AreIgnored) {
  EXPECT_TRUE(parse_request(R"({"version":1,"command":"status","later":[1,{}]})"));
}

struct Refused {
  const char* line;
  const char* error;
};

class RefusedRequest : public testing::TestWithParam<Refused> {};

TEST_P(RefusedRequest, SaysWhatIsWrong) {
  const auto request = parse_request(GetParam().line);
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().kind(), ErrorKind::usage);
  EXPECT_THAT(request.error().message(), HasSubstr(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(All, RefusedRequest,
                         testing::Values(Refused{"", "one JSON object"}, Refused{"GET / HTTP/1.1\r", "one JSON object"},
                                         Refused{"[]", "one JSON object"}, Refused{"{\"version\":1", "one JSON object"},
                                         Refused{"{} {}", "one JSON object"}, Refused{"\xff\xfe", "one JSON object"},
                                         Refused{"{}", "version 1"}, Refused{R"({"version":"1"})", "version 1"},
                                         Refused{R"({"version":2,"command":"status"})", "version 1"},
                                         Refused{R"({"version":1})", "names its command"},
                                         Refused{R"({"version":1,"command":["status"]})", "names its command"},
                                         Refused{R"({"version":1,"command":"status","arguments":[]})",
                                                 "arguments of a request are a JSON object"}));

TEST(ParseRequest, ThousandsOfBrackets_AreRefused) {
  EXPECT_FALSE(parse_request(std::string(kMaxRequest, '[')));
  EXPECT_FALSE(parse_request(R"({"version":1,"command":)" + std::string(kMaxRequest, '{')));
}

TEST(AnswerLine, Members_AreReadAgain) {
  const auto answer = parse_answer(answer_line({{"generation", 3}}));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->at("generation"), 3);
  EXPECT_EQ(answer->at("version"), kVersion);
}

TEST(AnswerLine, BytesThatAreNotUtf8_BecomeReplacementCharacters) {
  const auto answer = parse_answer(answer_line({{"name", "caf\xe9"}}));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->at("name"), "caf\xef\xbf\xbd");
}

TEST(ErrorLine, KindAndMessage_ReachTheClient) {
  for (const Error& error : {Error::usage("no such level"), Error::runtime("not now")}) {
    const auto answer = parse_answer(error_line(error));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind(), error.kind());
    EXPECT_EQ(answer.error().message(), error.message());
  }
}

TEST(ParseAnswer, WhatIsNoAnswer_IsAnError) {
  for (const char* line : {"", "{}", "[]", R"({"ok":1})", "SSH-2.0-OpenSSH_9.2"}) {
    const auto answer = parse_answer(line);
    ASSERT_FALSE(answer) << line;
    EXPECT_THAT(answer.error().message(), HasSubstr("not in the protocol"));
  }
}

}  // namespace
}  // namespace logsniffd::control

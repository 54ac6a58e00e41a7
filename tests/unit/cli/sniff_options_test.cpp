// From the command line of `logsniffd sniff` to the configuration that it means, and the exact text of each error.
#include "daemon/cli/sniff_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace logsniffd::cli {
namespace {

using testing::ElementsAre;

// Splits at spaces, as the shell would.
SniffOptions parse(const std::string& arguments) {
  CLI::App command;
  SniffOptions options;
  add_sniff_options(command, options);
  command.parse(arguments);
  return options;
}

app::CollectorOptions collector(const std::string& arguments) {
  const auto options = to_collector_options(parse(arguments));
  if (!options) {
    ADD_FAILURE() << options.error().message();
    return {};
  }
  return *options;
}

TEST(SniffFilter, ThatAsksForPush) {
  EXPECT_TRUE(asks_for_push("tcp src port 9988 and (tcp[tcpflags] & tcp-push != 0)"));
  EXPECT_TRUE(asks_for_push("tcp[13] & 8 != 0"));
  EXPECT_TRUE(asks_for_push("tcp[tcpflags] & 8 = 8"));
  EXPECT_TRUE(asks_for_push("tcp[13] == 24"));
  EXPECT_FALSE(asks_for_push("tcp port 9988 and tcp[tcpflags] & (tcp-syn|tcp-fin) == 0"));
  EXPECT_FALSE(asks_for_push(""));
}

std::string refusal(const std::string& arguments) {
  const auto options = to_collector_options(parse(arguments));
  if (options) return "(accepted)";
  EXPECT_EQ(options.error().exit_code(), 2);
  return options.error().message();
}

// Returns "tcp 6000-6010 9988-9988".
std::string watched(const config::Filter& filter) {
  std::string text = filter.transport == Transport::tcp ? "tcp" : filter.transport == Transport::udp ? "udp" : "both";
  for (const auto& [first, last] : filter.ports) text += " " + std::to_string(first) + "-" + std::to_string(last);
  return text;
}

std::vector<std::string> watched(const app::CollectorOptions& options) {
  std::vector<std::string> all;
  for (const config::Filter& filter : options.config.filters) all.push_back(watched(filter));
  return all;
}

TEST(SniffPorts, PortAlone_IsBothTransports) { EXPECT_THAT(watched(collector("9988")), ElementsAre("both 9988-9988")); }

TEST(SniffPorts, PortWithTransport_IsThatAlone) {
  EXPECT_THAT(watched(collector("514/udp")), ElementsAre("udp 514-514"));
  EXPECT_THAT(watched(collector("601/tcp")), ElementsAre("tcp 601-601"));
}

TEST(SniffPorts, Range_IsInclusive) {
  EXPECT_THAT(watched(collector("6000-6010/tcp 1-65535")), ElementsAre("tcp 6000-6010", "both 1-65535"));
}

TEST(SniffPorts, SeveralOfOneTransport_ShareAFilter) {
  EXPECT_THAT(watched(collector("1 2/udp 3 4/udp")), ElementsAre("both 1-1 3-3", "udp 2-2 4-4"));
}

TEST(SniffPorts, None_IsEveryPortAndTextOnly) {
  const auto options = collector("");
  EXPECT_THAT(watched(options), ElementsAre("both"));
  EXPECT_TRUE(options.text_only);
}

TEST(SniffPorts, PortOrExpressionGiven_BinaryIsShownToo) {
  EXPECT_FALSE(collector("9988").text_only);
  EXPECT_FALSE(collector("--filter udp").text_only);
}

TEST(SniffPorts, NoPort_IsRefusedWithTheMend) {
  for (const std::string port : {"0", "65536", "port", "9-5", "5-", "-5x", "514x", "99999999999999999999"}) {
    EXPECT_EQ(refusal("-- " + port),
              port + " is not a valid port (1 to 65535) or range; examples: 514, 514/udp, 6000-6010/tcp");
  }
}

TEST(SniffPorts, UnknownTransport_IsRefusedWithTheMend) {
  for (const std::string port : {"514/sctp", "514/", "514/UDP"}) {
    EXPECT_EQ(refusal(port), port + ": unknown protocol; use /tcp or /udp");
  }
}

TEST(SniffChoices, EachWord_IsUnderstood) {
  const auto filter = [](const std::string& arguments) { return collector(arguments).config.filters.at(0); };
  EXPECT_EQ(filter("--direction to").direction, filter::Direction::to);
  EXPECT_EQ(filter("--direction from").direction, filter::Direction::from);
  EXPECT_EQ(filter("--direction both").direction, filter::Direction::both);
  EXPECT_EQ(filter("--framing auto").framing.method, framing::Method::automatic);
  EXPECT_EQ(filter("--framing lines").framing.method, framing::Method::lines);
  EXPECT_EQ(filter("--framing nul").framing.method, framing::Method::nul);
  EXPECT_EQ(filter("--framing octet").framing.method, framing::Method::octet);
  EXPECT_EQ(filter("--framing length").framing.method, framing::Method::length);
  EXPECT_EQ(filter("--framing datagram").framing.method, framing::Method::datagram);
  EXPECT_EQ(filter("--decode auto").decode, record::Decode::automatic);
  EXPECT_EQ(filter("--decode plain").decode, record::Decode::plain);
  EXPECT_EQ(filter("--decode syslog").decode, record::Decode::syslog);
  EXPECT_EQ(filter("--decode json").decode, record::Decode::json);
  EXPECT_EQ(filter("--decode gelf").decode, record::Decode::gelf);
  EXPECT_EQ(filter("--decode python").decode, record::Decode::python);
  EXPECT_EQ(filter("--decode netconsole").decode, record::Decode::netconsole);
}

TEST(SniffChoices, UnknownWord_IsRefusedWithWhatThereIs) {
  EXPECT_EQ(refusal("--direction fro"),
            "--direction fro is not valid; use one of to, from, both (did you mean 'from'?)");
  EXPECT_EQ(
      refusal("--framing line"),
      "--framing line is not valid; use one of auto, lines, nul, octet, length, datagram (did you mean 'lines'?)");
  EXPECT_EQ(refusal("--decode xml"),
            "--decode xml is not valid; use one of auto, plain, syslog, json, gelf, python, netconsole");
}

TEST(SniffOptions, Nothing_IsTheDefaultsOfTheConfiguration) {
  const auto options = collector("");
  EXPECT_THAT(options.config.capture.interfaces, ElementsAre("any"));
  EXPECT_FALSE(options.config.capture.promiscuous);
  ASSERT_EQ(options.config.sinks.size(), 1);
  EXPECT_EQ(options.config.sinks[0].target, config::SinkTarget(config::StandardOutputTarget{"text"}));
  EXPECT_EQ(options.max_records, 0);
  EXPECT_EQ(options.read_file, "");
  EXPECT_EQ(options.output, "");
}

TEST(SniffOptions, OutputOfAHyphen_IsStandardOutput) { EXPECT_EQ(collector("9988 -o -").output, ""); }

TEST(SniffOptions, EveryValue_ReachesTheCollector) {
  const auto options = collector(
      "-i lo -i eth0 9988 --filter udp --match a --match b --exclude c --format raw -o out.log --promiscuous --count "
      "3");
  EXPECT_THAT(options.config.capture.interfaces, ElementsAre("lo", "eth0"));
  EXPECT_TRUE(options.config.capture.promiscuous);
  EXPECT_EQ(options.expression, "udp");
  EXPECT_EQ(options.config.sinks.at(0).target, config::SinkTarget(config::StandardOutputTarget{"raw"}));
  EXPECT_EQ(options.output, "out.log");
  EXPECT_EQ(options.max_records, 3);
  const config::Filter& filter = options.config.filters.at(0);
  EXPECT_EQ(watched(filter), "both 9988-9988");
  EXPECT_THAT(filter.match, ElementsAre("a", "b"));
  EXPECT_THAT(filter.exclude, ElementsAre("c"));
  EXPECT_TRUE(filter.final);
}

TEST(SniffOptions, OptionThatTakesOneValue_LeavesThePortAlone) {
  for (const std::string option : {"-i lo", "--match x", "--exclude x", "-r file", "--format raw"}) {
    EXPECT_THAT(watched(collector(option + " 9988")), ElementsAre("both 9988-9988")) << option;
  }
}

TEST(SniffOptions, FileAndInterface_ExcludeEachOther) {
  EXPECT_EQ(refusal("-r capture.pcap -i lo"),
            "--read and --interface cannot be combined, because a file has its own interfaces; remove one of them");
}

TEST(SniffOptions, CountOfZero_IsRefused) { EXPECT_THROW(parse("--count 0"), CLI::ParseError); }

TEST(SniffDuration, Time_IsUnderstood) {
  EXPECT_EQ(*duration_of(parse("--duration 10s").duration), std::chrono::seconds(10));
  EXPECT_EQ(*duration_of(parse("--duration 5m").duration), std::chrono::minutes(5));
  EXPECT_EQ(*duration_of(parse("").duration), std::nullopt);
}

TEST(SniffDuration, NoTime_IsRefusedWithTheMend) {
  for (const std::string text : {"10", "0s", "ten", "-1s"}) {
    const auto duration = duration_of(parse("--duration=" + text).duration);
    ASSERT_FALSE(duration) << text;
    EXPECT_EQ(duration.error().exit_code(), 2);
    EXPECT_EQ(duration.error().message(),
              "--duration " + text + " is not a valid time; use a number and a unit, such as 10s, 5m or 1h");
  }
}

}  // namespace
}  // namespace logsniffd::cli

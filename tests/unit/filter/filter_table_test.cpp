#include "daemon/filter/traffic_index.hpp"
#include "tests/unit/filter/filter_table_fixture.hpp"

namespace logsniffd::filter {
namespace {

TEST(Candidates, NoFilters_NobodyWants) { EXPECT_EQ(table({}).candidates(flow(1, 2)), 0U); }

TEST(Candidates, NoOptions_EverythingIsWanted) {
  EXPECT_EQ(table({{}}).candidates(flow(1, 2, Transport::tcp)), 1U);
  EXPECT_EQ(table({{}}).candidates(flow(1, 2, Transport::udp)), 1U);
}

TEST(Candidates, DirectionWithoutPorts_HasNoMeaning) {
  EXPECT_EQ(table({{.direction = Direction::to}}).candidates(flow(1, 2)), 1U);
  EXPECT_EQ(table({{.direction = Direction::from}}).candidates(flow(1, 2)), 1U);
}

TEST(Candidates, OtherPort_IsNotWanted) { EXPECT_EQ(table({on_port(514)}).candidates(flow(40000, 515)), 0U); }

TEST(Candidates, DirectionBoth_WantsBothWays) {
  const FilterTable filters = table({on_port(514)});
  EXPECT_EQ(filters.candidates(flow(40000, 514)), 1U);
  EXPECT_EQ(filters.candidates(flow(514, 40000)), 1U);
}

TEST(Candidates, DirectionTo_WantsWhatIsSentToThePort) {
  const FilterTable filters = table({on_port(514, Direction::to)});
  EXPECT_EQ(filters.candidates(flow(40000, 514)), 1U);
  EXPECT_EQ(filters.candidates(flow(514, 40000)), 0U);
}

TEST(Candidates, DirectionFrom_WantsWhatThePortSends) {
  const FilterTable filters = table({on_port(514, Direction::from)});
  EXPECT_EQ(filters.candidates(flow(40000, 514)), 0U);
  EXPECT_EQ(filters.candidates(flow(514, 40000)), 1U);
}

TEST(Candidates, BothEndsWatched_EachDirectionIsToAndFrom) {
  for (const Direction direction : {Direction::to, Direction::from, Direction::both}) {
    const FilterTable filters = table({{.ports = {{514, 514}, {601, 601}}, .direction = direction}});
    EXPECT_EQ(filters.candidates(flow(514, 601)), 1U);
    EXPECT_EQ(filters.candidates(flow(601, 514)), 1U);
  }
}

TEST(Candidates, PortWatchedByAnotherFilter_IsNotMine) {
  const FilterTable filters = table({on_port(514, Direction::to), on_port(601, Direction::to)});
  EXPECT_EQ(filters.candidates(flow(40000, 514)), 0b01U);
  EXPECT_EQ(filters.candidates(flow(40000, 601)), 0b10U);
  EXPECT_EQ(filters.candidates(flow(514, 601)), 0b10U);
}

TEST(Candidates, PortRange_HoldsBothItsEnds) {
  const FilterTable filters = table({{.ports = {{6000, 6010}}}});
  EXPECT_EQ(filters.candidates(flow(1, 5999)), 0U);
  EXPECT_EQ(filters.candidates(flow(1, 6000)), 1U);
  EXPECT_EQ(filters.candidates(flow(1, 6010)), 1U);
  EXPECT_EQ(filters.candidates(flow(1, 6011)), 0U);
}

TEST(Candidates, RangeOfAllPorts_Ends) {
  const FilterTable filters = table({{.ports = {{0, 65535}}}});
  EXPECT_EQ(filters.candidates(flow(0, 65535)), 1U);
}

TEST(Candidates, Transport_OnlyThatOne) {
  for (const bool with_port : {false, true}) {
    FilterOptions filter = with_port ? on_port(514) : FilterOptions{};
    filter.transport = Transport::udp;
    EXPECT_EQ(table({filter}).candidates(flow(1, 514, Transport::udp)), 1U);
    EXPECT_EQ(table({filter}).candidates(flow(1, 514, Transport::tcp)), 0U);
  }
}

TEST(Candidates, SamePortOnTheOtherTransport_IsNotConfused) {
  FilterOptions tcp = on_port(514);
  tcp.transport = Transport::tcp;
  FilterOptions udp = on_port(515);
  udp.transport = Transport::udp;
  const FilterTable filters = table({tcp, udp});
  EXPECT_EQ(filters.candidates(flow(1, 514, Transport::tcp)), 0b01U);
  EXPECT_EQ(filters.candidates(flow(1, 515, Transport::tcp)), 0U);
  EXPECT_EQ(filters.candidates(flow(1, 515, Transport::udp)), 0b10U);
}

TEST(Candidates, Network_EitherEnd) {
  const FilterTable filters = table({in_network("10.0.0.0", 96 + 8)});
  EXPECT_EQ(filters.candidates(flow(1, 2, Transport::tcp, "10.1.2.3", "8.8.8.8")), 1U);
  EXPECT_EQ(filters.candidates(flow(1, 2, Transport::tcp, "8.8.8.8", "10.255.255.255")), 1U);
  EXPECT_EQ(filters.candidates(flow(1, 2, Transport::tcp, "8.8.8.8", "11.0.0.0")), 0U);
}

TEST(Candidates, NetworkPrefixInsideAByte_ComparesItsBits) {
  const FilterTable filters = table({in_network("172.16.0.0", 96 + 12)});
  EXPECT_EQ(filters.candidates(flow(1, 2, Transport::tcp, "172.31.255.255", "8.8.8.8")), 1U);
  EXPECT_EQ(filters.candidates(flow(1, 2, Transport::tcp, "172.32.0.0", "8.8.8.8")), 0U);
}

TEST(Candidates, NetworkOfOneAddress_HoldsThatAlone) {
  const FilterTable filters = table({in_network("10.0.0.1", 128)});
  EXPECT_EQ(filters.candidates(flow(1, 2, Transport::tcp, "10.0.0.1", "8.8.8.8")), 1U);
  EXPECT_EQ(filters.candidates(flow(1, 2, Transport::tcp, "10.0.0.0", "8.8.8.8")), 0U);
}

TEST(Candidates, WholeIpv6_HoldsNoIpv4) {
  const FilterTable ipv6 = table({in_network("::", 0)});
  EXPECT_EQ(ipv6.candidates(flow(1, 2, Transport::tcp, "fe80::1", "fe80::2")), 1U);
  EXPECT_EQ(ipv6.candidates(flow(1, 2)), 0U);
  const FilterTable ipv4 = table({in_network("0.0.0.0", 96)});
  EXPECT_EQ(ipv4.candidates(flow(1, 2)), 1U);
  EXPECT_EQ(ipv4.candidates(flow(1, 2, Transport::tcp, "fe80::1", "fe80::2")), 0U);
}

TEST(Candidates, SeveralNetworks_AnyOfThem) {
  FilterOptions filter = in_network("10.0.0.0", 96 + 8);
  filter.networks.push_back({*Address::parse("2001:db8::"), 32});
  const FilterTable filters = table({filter});
  EXPECT_EQ(filters.candidates(flow(1, 2, Transport::tcp, "2001:db8::7", "fe80::1")), 1U);
  EXPECT_EQ(filters.candidates(flow(1, 2, Transport::tcp, "10.9.9.9", "8.8.8.8")), 1U);
  EXPECT_EQ(filters.candidates(flow(1, 2, Transport::tcp, "2001:db9::7", "fe80::1")), 0U);
}

TEST(Candidates, PortTransportAndNetwork_AllMustHold) {
  FilterOptions filter = in_network("10.0.0.0", 96 + 8);
  filter.ports = {{514, 514}};
  filter.transport = Transport::udp;
  const FilterTable filters = table({filter});
  EXPECT_EQ(filters.candidates(flow(1, 514, Transport::udp)), 1U);
  EXPECT_EQ(filters.candidates(flow(1, 515, Transport::udp)), 0U);
  EXPECT_EQ(filters.candidates(flow(1, 514, Transport::tcp)), 0U);
  EXPECT_EQ(filters.candidates(flow(1, 514, Transport::udp, "8.8.8.8", "9.9.9.9")), 0U);
}

TEST(Candidates, SixtyFourFilters_EachHasItsBit) {
  std::vector<FilterOptions> many;
  for (std::uint16_t i = 0; i < kMaxFilters; ++i) many.push_back(on_port(static_cast<std::uint16_t>(1000 + i)));
  const FilterTable filters = table(many);
  for (std::uint16_t i = 0; i < kMaxFilters; ++i) {
    EXPECT_EQ(filters.candidates(flow(1, static_cast<std::uint16_t>(1000 + i))), FilterMask{1} << i);
  }
}

TEST(Watches, NoFilters_Nothing) { EXPECT_FALSE(table({}).traffic().watches(Transport::tcp, 1, 2)); }

TEST(Watches, EitherPort_WhateverTheDirection) {
  const FilterTable filters = table({on_port(514, Direction::to)});
  EXPECT_TRUE(filters.traffic().watches(Transport::tcp, 514, 2));
  EXPECT_TRUE(filters.traffic().watches(Transport::udp, 1, 514));
  EXPECT_FALSE(filters.traffic().watches(Transport::tcp, 1, 2));
}

TEST(Watches, FilterWithoutPorts_EverythingOfItsTransport) {
  const FilterTable filters = table({{.transport = Transport::udp}});
  EXPECT_TRUE(filters.traffic().watches(Transport::udp, 1, 2));
  EXPECT_FALSE(filters.traffic().watches(Transport::tcp, 1, 2));
}

TEST(Watches, PortOfTheOtherTransport_IsNotWatched) {
  FilterOptions filter = on_port(514);
  filter.transport = Transport::udp;
  EXPECT_FALSE(table({filter}).traffic().watches(Transport::tcp, 1, 514));
}

TEST(Route, NoOptions_TakesTheRecordToItsSinks) {
  const FilterTable filters = table({{.sinks = 0b101}});
  std::vector<Route> routes;
  Refusals refusals;
  EXPECT_EQ(filters.route(message("x"), 1, routes, refusals), RouteVerdict::routed);
  ASSERT_EQ(routes.size(), 1U);
  EXPECT_EQ(routes[0].filter, 0U);
  EXPECT_EQ(routes[0].sinks, 0b101U);
}

TEST(Route, SeveralFilters_FirstToLast) {
  EXPECT_THAT(route(table({{}, {}, {}}), message("x"), 0b111).filters, ElementsAre(0, 1, 2));
}

TEST(Route, FilterThatIsNoCandidate_IsNotAsked) {
  EXPECT_THAT(route(table({{}, {}, {}}), message("x"), 0b101).filters, ElementsAre(0, 2));
}

TEST(Route, FinalFilterThatTakes_EndsIt) {
  const Routed result = route(table({{}, {.final = true}, {}}), message("x"), 0b111);
  EXPECT_EQ(result.verdict, RouteVerdict::routed);
  EXPECT_THAT(result.filters, ElementsAre(0, 1));
}

TEST(Route, FinalFilterThatRefuses_EndsNothing) {
  EXPECT_THAT(route(table({{.match = {"y"}, .final = true}, {}}), message("x"), 0b11).filters, ElementsAre(1));
}

TEST(Route, FinalFilterThatIsNoCandidate_EndsNothing) {
  EXPECT_THAT(route(table({{.final = true}, {}}), message("x"), 0b10).filters, ElementsAre(1));
}

TEST(Route, EveryFilterRefuses_TheFirstReasonCounts) {
  const FilterTable filters = table({{.exclude = {"x"}}, {.match = {"y"}}});
  EXPECT_EQ(route(filters, message("x"), 0b11).verdict, RouteVerdict::excluded);
  EXPECT_EQ(route(filters, message("x"), 0b10).verdict, RouteVerdict::no_match);
}

TEST(Route, OneRefusesOneTakes_IsRouted) {
  const Routed result = route(table({{.exclude = {"x"}}, {}}), message("x"), 0b11);
  EXPECT_EQ(result.verdict, RouteVerdict::routed);
  EXPECT_THAT(result.filters, ElementsAre(1));
}

TEST(Route, LastOfSixtyFour_IsFound) {
  EXPECT_THAT(route(table(std::vector<FilterOptions>(kMaxFilters)), message("x"), FilterMask{1} << 63).filters,
              ElementsAre(63));
}

TEST(Route, SeverityAtLeast_TakesThatAndWorse) {
  const FilterOptions filter{.at_least = Severity::warning};
  LogRecord record = message("x");
  for (const Severity severity : {Severity::emerg, Severity::err, Severity::warning}) {
    record.severity = severity;
    EXPECT_EQ(verdict(filter, record), RouteVerdict::routed) << to_string(severity);
  }
  for (const Severity severity : {Severity::notice, Severity::info, Severity::debug}) {
    record.severity = severity;
    EXPECT_EQ(verdict(filter, record), RouteVerdict::severity) << to_string(severity);
  }
}

TEST(Route, RecordWithoutSeverity_Passes) {
  EXPECT_EQ(verdict({.at_least = Severity::emerg}, message("x")), RouteVerdict::routed);
}

TEST(Route, OneExpression_FoundAnywhere) {
  EXPECT_EQ(verdict({.match = {"ERROR|WARN"}}, message("an ERROR here")), RouteVerdict::routed);
  EXPECT_EQ(verdict({.match = {"ERROR|WARN"}}, message("all is well")), RouteVerdict::no_match);
}

TEST(Route, Anchors_AreTheMessageEnds) {
  EXPECT_EQ(verdict({.match = {"^abc$"}}, message("abc")), RouteVerdict::routed);
  EXPECT_EQ(verdict({.match = {"^abc$"}}, message("xabc")), RouteVerdict::no_match);
  EXPECT_EQ(verdict({.match = {"^abc$", "^never$"}}, message("abc")), RouteVerdict::routed);
  EXPECT_EQ(verdict({.match = {"^abc$", "^never$"}}, message("xabc")), RouteVerdict::no_match);
}

TEST(Route, SeveralExpressions_AnyOfThem) {
  const FilterOptions filter{.match = {"one", "(?i)two", "\\Qth.ee"}};
  EXPECT_EQ(verdict(filter, message("has one")), RouteVerdict::routed);
  EXPECT_EQ(verdict(filter, message("has TWO")), RouteVerdict::routed);
  EXPECT_EQ(verdict(filter, message("has th.ee")), RouteVerdict::routed);
  EXPECT_EQ(verdict(filter, message("has ONE")), RouteVerdict::no_match);
  EXPECT_EQ(verdict(filter, message("has three")), RouteVerdict::no_match);
}

TEST(Route, MessageThatIsNoUtf8_IsSearchedAllTheSame) {
  EXPECT_EQ(verdict({.match = {"ERROR"}}, message("\xff\xfe ERROR \xff")), RouteVerdict::routed);
  EXPECT_EQ(verdict({.match = {"ERROR", "WARN"}}, message("\xff\xfe ERROR \xff")), RouteVerdict::routed);
}

TEST(Route, Exclude_NoneOfThem) {
  const FilterOptions filter{.exclude = {"healthcheck", "ping"}};
  EXPECT_EQ(verdict(filter, message("GET /healthcheck")), RouteVerdict::excluded);
  EXPECT_EQ(verdict(filter, message("ping")), RouteVerdict::excluded);
  EXPECT_EQ(verdict(filter, message("GET /")), RouteVerdict::routed);
}

TEST(Route, MatchedAndExcluded_IsExcluded) {
  EXPECT_EQ(verdict({.match = {"a"}, .exclude = {"b"}}, message("ab")), RouteVerdict::excluded);
  EXPECT_EQ(verdict({.match = {"a"}, .exclude = {"b"}}, message("a")), RouteVerdict::routed);
}

TEST(Route, TextOnly_RefusesBinary) {
  EXPECT_EQ(verdict({.text_only = true}, message("plain")), RouteVerdict::routed);
  EXPECT_EQ(verdict({.text_only = true}, message("\xff\x01")), RouteVerdict::not_text);
  EXPECT_EQ(verdict({}, message("\xff\x01")), RouteVerdict::routed);
}

TEST(Route, SeveralReasons_InTheOrderOfTheVerdicts) {
  FilterOptions filter{.match = {"a"}, .exclude = {"b"}, .at_least = Severity::err, .text_only = true};
  LogRecord record = message("b\xff");
  record.severity = Severity::info;
  EXPECT_EQ(verdict(filter, record), RouteVerdict::not_text);
  filter.text_only = false;
  EXPECT_EQ(verdict(filter, record), RouteVerdict::severity);
  filter.at_least.reset();
  EXPECT_EQ(verdict(filter, record), RouteVerdict::no_match);
  filter.match.clear();
  EXPECT_EQ(verdict(filter, record), RouteVerdict::excluded);
}

TEST(Route, ExpressionsTooLargeForOneAutomaton_StillAnswer) {
  // Each compiles to about 7,200 instructions. A set may have 131,072.
  std::vector<std::string> large;
  for (char c = 'a'; c <= 'z'; ++c) large.push_back(std::string(1, c) + ".{900}" + c);
  const FilterOptions filter{.match = large};
  EXPECT_EQ(verdict(filter, message("z" + std::string(900, '.') + "z")), RouteVerdict::routed);
  EXPECT_EQ(verdict(filter, message("z" + std::string(899, '.') + "z")), RouteVerdict::no_match);
}

}  // namespace
}  // namespace logsniffd::filter

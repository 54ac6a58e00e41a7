// The screen of `top`, as lines.
#include "daemon/cli/top_view.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <clocale>

#include "daemon/cli/top_keys.hpp"

namespace logsniffd::cli {
namespace {

using control::Json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr Area kSmall{.rows = 24, .columns = 80};
constexpr Area kLarge{.rows = 50, .columns = 200};
constexpr Area kPlain{.rows = std::nullopt};

Json whole() {
  return Json::parse(R"({
    "status": "well", "problems": [], "version": "1.2.3", "pid": 812, "uptime_s": 11520,
    "rates": {"packets_per_s": 12345.6, "bytes_per_s": 1536, "records_per_s": 9.5},
    "filters": [{"name": "app", "records": 1234567, "records_per_s": 9.5, "last_record_age_s": 65,
                 "dropped": {"severity": 0, "match": 12, "exclude": 3}},
                {"name": "quiet", "records": 0, "records_per_s": 0, "dropped": {"severity": 0}}],
    "sinks": [{"name": "journal", "state": "working", "written": 999, "written_per_s": 1.0,
               "queue": {"records": 1, "bytes": 33554432, "ceiling_bytes": 67108864},
               "latency": {"p50_s": 0.0012, "p99_s": 0.05}, "dropped": {"queue_full": 4}},
              {"name": "remote", "state": "failing", "trouble": "connection refused", "since": "09:12:03",
               "written": 0, "written_per_s": 0, "queue": {"bytes": 0, "ceiling_bytes": 1}, "dropped": {}}],
    "ledger": {"packets": {"received": 10, "kernel_dropped": 7}, "records": {"framed": 9}},
    "unaccounted": {"packets": 0, "bytes": 0, "records": 0}})");
}

TopModel model_of(Json report) {
  TopModel model;
  model.take(std::move(report), SteadyTime(std::chrono::hours(1)));
  return model;
}

std::string screen(const TopModel& model, const Area& area, const Look& look = {}) {
  return plain_text(top_frame(model, look, area).lines);
}

bool has(const Frame& frame, const std::string& text, Style style) {
  return std::any_of(frame.lines.begin(), frame.lines.end(), [&](const Line& line) {
    return std::any_of(line.begin(), line.end(), [&](const Span& span) {
      return span.style == style && span.text.find(text) != std::string::npos;
    });
  });
}

std::size_t width(const Line& line) {
  std::size_t cells = 0;
  for (const Span& span : line) cells += cells_of(span.text, Charset::ascii);
  return cells;
}

// As many filters as that, each with more records than the next.
Json with_filters(int count) {
  Json report = whole();
  report["filters"] = Json::array();
  for (int i = 0; i < count; ++i) {
    report["filters"].push_back(
        {{"name", fmt::format("filter-{:03}", i)}, {"records", 1000 - i}, {"records_per_s", 1000 - i}});
  }
  return report;
}

TEST(TopView, Figures_AreReadable) {
  for (const Area& area : {kSmall, kLarge, kPlain}) {
    EXPECT_THAT(screen(model_of(whole()), area),
                AllOf(HasSubstr("logsniffd 1.2.3: well, up 3 h 12 min"),
                      HasSubstr("packets 12k/s  bytes 1.5 KiB/s  records 9.5/s  dropped by the kernel 7"),
                      HasSubstr("1,234,567"), HasSubstr("1 min 5 s"), HasSubstr("15 (match 1"), HasSubstr("never"),
                      HasSubstr("##..  50%"), HasSubstr("1.2ms/50.0ms"), HasSubstr("failing"),
                      HasSubstr("since 09:12:03: connection refused"),
                      HasSubstr("unaccounted  packets 0, bytes 0, records 0")));
  }
}

TEST(TopView, BusiestSenders_AreTheThirdTable) {
  Json report = whole();
  for (int i = 1; i <= 7; ++i) {
    report["senders"].push_back(
        {{"address", fmt::format("192.0.2.{}", i)}, {"records_per_s", 12345.6 / i}, {"bytes_per_s", 1536}});
  }
  const TopModel model = model_of(report);
  EXPECT_THAT(screen(model, kSmall),
              AllOf(HasSubstr("SENDER"), HasSubstr("192.0.2.1                                     12k     1.5 KiB"),
                    HasSubstr("192.0.2.5"), Not(HasSubstr("192.0.2.6")), Not(HasSubstr("lines 1-"))));
  EXPECT_THAT(screen(model, kPlain), HasSubstr("192.0.2.7"));
  EXPECT_THAT(screen(model_of(whole()), kSmall), Not(HasSubstr("SENDER")));
}

TEST(TopView, Frame_FillsTheTerminalAndNeverMore) {
  TopModel model = model_of(with_filters(30));
  for (std::size_t rows = 1; rows < 60; rows += 3) {
    for (const std::size_t columns : {1U, 7U, 40U, 79U, 80U, 81U, 132U, 200U, 500U}) {
      for (const bool help : {false, true}) {
        const Frame frame = top_frame(model, {.help = help}, {.rows = rows, .columns = columns});
        ASSERT_EQ(frame.lines.size(), rows);
        for (const Line& line : frame.lines) ASSERT_LE(width(line), columns);
      }
    }
  }
}

TEST(TopView, WideTerminal_ShowsMoreOfTheCourseAndAllReasons) {
  EXPECT_THAT(screen(model_of(whole()), kSmall), HasSubstr("LAST 12 S"));
  EXPECT_THAT(screen(model_of(whole()), kLarge),
              AllOf(HasSubstr("LAST 52 S"), HasSubstr("15 (match 12, exclude 3)"), HasSubstr("4 (queue_full 4)")));
}

TEST(TopView, Course_IsASparkline) {
  TopModel model = model_of(whole());
  Json next = whole();
  for (int i = 1; i <= 2; ++i) {
    next["filters"][0]["records"] = 1234567 + 100 * i * i;
    model.take(next, SteadyTime(std::chrono::hours(1) + std::chrono::seconds(i)));
  }
  EXPECT_THAT(screen(model, kSmall), HasSubstr("300.0           -#"));
  EXPECT_THAT(screen(model, kPlain), Not(HasSubstr("-#")));
}

TEST(TopView, Utf8_HasBlocks) {
  const std::string former = std::setlocale(LC_CTYPE, nullptr);
  ASSERT_NE(std::setlocale(LC_CTYPE, "C.UTF-8"), nullptr);
  Area area = kSmall;
  area.charset = Charset::utf8;
  EXPECT_THAT(screen(model_of(whole()), area), HasSubstr("██░░  50%"));
  std::setlocale(LC_CTYPE, former.c_str());
}

TEST(TopView, Trouble_HasItsReasons) {
  Json report = whole();
  report["status"] = "trouble";
  report["problems"] = {"sink journal lost 4 records"};
  const Frame frame = top_frame(model_of(report), {}, kSmall);
  EXPECT_TRUE(has(frame, "TROUBLE", Style::trouble));
  EXPECT_TRUE(has(frame, "! sink journal lost 4 records", Style::trouble));
  EXPECT_TRUE(has(frame, "failing", Style::trouble));
}

TEST(TopView, ManyProblems_LeaveRoomForTheFigures) {
  Json report = whole();
  report["problems"] = Json::array();
  for (int i = 0; i < 20; ++i) report["problems"].push_back(fmt::format("problem {}", i));
  EXPECT_THAT(screen(model_of(report), kSmall), AllOf(HasSubstr("! problem 4"), Not(HasSubstr("! problem 5")),
                                                      HasSubstr("! and more"), HasSubstr("FILTER")));
  EXPECT_THAT(screen(model_of(report), kPlain), AllOf(HasSubstr("! problem 19"), Not(HasSubstr("! and more"))));
}

TEST(TopView, LongProblem_IsWrapped) {
  Json report = whole();
  report["problems"] = {
      "the kernel dropped 5 packets in the last 10 s, because its buffer was full; raise capture.buffer, or watch "
      "fewer ports"};
  EXPECT_THAT(screen(model_of(report), kSmall), HasSubstr("or watch fewer ports"));
}

TEST(TopView, LedgerThatDoesNotAddUp_IsTrouble) {
  EXPECT_FALSE(has(top_frame(model_of(whole()), {}, kSmall), "unaccounted", Style::trouble));
  Json report = whole();
  report["unaccounted"]["bytes"] = -3;
  EXPECT_TRUE(has(top_frame(model_of(report), {}, kSmall), "unaccounted  packets 0, bytes -3", Style::trouble));
}

TEST(TopView, Silence_IsSaidAboveTheLastFigures) {
  TopModel model = model_of(whole());
  model.lose({"is not running", "nobody listens"});
  const Frame frame = top_frame(model, {}, kSmall);
  EXPECT_TRUE(has(frame, "logsniffd is not running, waiting", Style::trouble));
  EXPECT_THAT(plain_text(frame.lines),
              AllOf(HasSubstr("nobody listens"), HasSubstr("1,234,567"), Not(HasSubstr("well"))));
}

TEST(TopView, BeforeTheFirstReport_SaysNeitherWellNorTrouble) {
  EXPECT_THAT(screen(TopModel(), kSmall),
              AllOf(HasSubstr("logsniffd: asking"), Not(HasSubstr("well")), Not(HasSubstr("TROUBLE"))));
}

TEST(TopView, CountTooWideForItsColumn_IsShortenedAndNotCut) {
  Json report = whole();
  report["filters"][0]["records"] = 12345678901234;
  report["sinks"][0]["dropped"]["queue_full"] = 1234567890;
  report["sinks"][0]["name"] = "thirteen-wide";
  EXPECT_THAT(screen(model_of(report), kSmall),
              AllOf(HasSubstr(" 12.3T"), HasSubstr("1.2G"), Not(testing::ContainsRegex("[0-9]~"))));
}

TEST(TopView, NameWithControlCharacters_IsEscaped) {
  Json report = whole();
  report["filters"][0]["name"] = "a\x1b[2J\n";
  report["sinks"][0]["state"] = "b\u009b";
  report["sinks"][1]["trouble"] = "c\x07";
  report["sinks"][0]["dropped"] = {{"d\x1b", 3}};
  report["problems"] = {"e\x1b"};
  report["version"] = "f\x1b";
  for (const Area& area : {kSmall, kLarge, kPlain}) {
    EXPECT_THAT(screen(model_of(report), area), AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr("\u009b")),
                                                      Not(HasSubstr("\x07")), HasSubstr("a\\x1b[2J")));
  }
}

TEST(TopView, MembersThatAreMissing_AreDashes) {
  EXPECT_THAT(screen(model_of(Json::object()), kSmall),
              AllOf(HasSubstr("packets -/s  bytes -/s"), HasSubstr("unaccounted  packets -")));
  Json bare = {{"filters", {{{"name", "x"}}}}, {"sinks", {{{"name", "y"}}}}};
  EXPECT_THAT(screen(model_of(bare), kSmall),
              AllOf(testing::ContainsRegex("\nx +- +- +- -\n"), testing::ContainsRegex("\ny +- +- +- +- -\n")));
  // Every member alone may be missing or of another kind.
  const Json report = whole();
  for (const auto& [name, value] : report.items()) {
    for (const Json& other : {Json(), Json(7), Json("x"), Json::array({1, "x"}), Json{{"a", 1}}}) {
      Json old = report;
      old[name] = other;
      for (const SortKey key : {SortKey::rate, SortKey::records, SortKey::dropped, SortKey::name}) {
        EXPECT_THAT(screen(model_of(old), kSmall, {.order = {key, false}}), HasSubstr("unaccounted"));
      }
    }
  }
}

TEST(TopKeys, Scrolling_StopsAtBothEnds) {
  const TopModel model = model_of(with_filters(100));
  Look look;
  const auto press_and_show = [&](Key key) {
    const std::size_t page = top_frame(model, look, kSmall).page;
    press(key, page, look);
    const Frame frame = top_frame(model, look, kSmall);
    look.scroll = frame.scroll;
    return plain_text(frame.lines);
  };
  EXPECT_THAT(press_and_show(Key::up), AllOf(HasSubstr("filter-000"), HasSubstr("lines 1-19 of 106")));
  EXPECT_THAT(press_and_show(Key::down),
              AllOf(HasSubstr("filter-000"), Not(HasSubstr("FILTER")), HasSubstr("lines 2-20 of 106")));
  EXPECT_THAT(press_and_show(Key::page_down), AllOf(HasSubstr("filter-019"), Not(HasSubstr("filter-018"))));
  EXPECT_THAT(press_and_show(Key::page_up), HasSubstr("lines 2-20 of 106"));
  EXPECT_THAT(press_and_show(Key::end), AllOf(HasSubstr("remote"), HasSubstr("lines 88-106 of 106")));
  EXPECT_THAT(press_and_show(Key::down), HasSubstr("lines 88-106 of 106"));
  EXPECT_THAT(press_and_show(Key::up), HasSubstr("lines 87-105 of 106"));
  EXPECT_THAT(press_and_show(Key::home), HasSubstr("lines 1-19 of 106"));
}

TEST(TopKeys, ListThatFits_HasNoScroll) {
  Look look{.scroll = 5};
  const Frame frame = top_frame(model_of(whole()), look, kSmall);
  EXPECT_EQ(frame.scroll, 0U);
  EXPECT_THAT(plain_text(frame.lines), Not(HasSubstr("lines")));
}

TEST(TopKeys, Sort_GoesThroughAllKeysAndBegins) {
  const TopModel model = model_of(whole());
  Look look;
  for (const char* word : {"records", "dropped", "name", "rate"}) {
    press(Key::sort, 1, look);
    EXPECT_THAT(screen(model, kSmall, look), HasSubstr(fmt::format("sort: {}", word)));
  }
  press(Key::reverse, 1, look);
  const std::string reversed = screen(model, kSmall, look);
  EXPECT_THAT(reversed, HasSubstr("sort: rate, reversed"));
  EXPECT_LT(reversed.find("quiet"), reversed.find("app"));
}

TEST(TopKeys, PauseAndHelp_AreTurnedOnAndOff) {
  const TopModel model = model_of(whole());
  Look look;
  press(Key::pause, 1, look);
  press(Key::help, 1, look);
  EXPECT_THAT(screen(model, kSmall, look), AllOf(HasSubstr("PAUSED"), HasSubstr("space continue"),
                                                 HasSubstr("reverse the order"), Not(HasSubstr("FILTER"))));
  press(Key::pause, 1, look);
  press(Key::help, 1, look);
  EXPECT_THAT(screen(model, kSmall, look),
              AllOf(Not(HasSubstr("PAUSED")), Not(HasSubstr("reverse the order")), HasSubstr("FILTER")));
}

TEST(TopKeys, Help_FitsOnASmallScreen) {
  EXPECT_THAT(screen(TopModel(), kSmall, {.help = true}),
              AllOf(HasSubstr("unless logsniffd has a fault"), Not(HasSubstr("~")), Not(HasSubstr("lines 1"))));
}

}  // namespace
}  // namespace logsniffd::cli

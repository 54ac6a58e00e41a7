// The report of a daemon on one screen.
#include "daemon/cli/status_screen.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace logsniffd::cli {
namespace {

using control::Json;
using testing::HasSubstr;
using testing::Not;

Json report() {
  return Json::parse(R"({
    "status": "well", "problems": [], "version": "1.2.3", "pid": 812, "uptime_s": 11520, "generation": 3,
    "configuration": {"file": "/etc/logsniffd.yaml", "read": "2026-11-28T09:12:03.000000+00:00"},
    "interfaces": [{"name": "eth0", "state": "capturing", "packets_per_s": 12345.6, "bytes_per_s": 1536,
                    "kernel_dropped": 7}],
    "filters": [{"name": "app", "records": 1234567, "records_per_s": 9.5, "last_record_age_s": 65,
                 "dropped": {"severity": 0, "match": 12, "exclude": 3}},
                {"name": "quiet", "records": 0, "records_per_s": 0, "dropped": {"severity": 0}}],
    "sinks": [{"name": "journal", "state": "working", "written": 999, "written_per_s": 1.0,
               "queue": {"records": 1, "bytes": 2048, "ceiling_bytes": 67108864},
               "latency": {"p50_s": 0.0012, "p99_s": 0.05}, "dropped": {"queue_full": 4}}],
    "connections": {"open": 12, "ceiling": 100000},
    "memory": {"reassembly": {"bytes": 0, "ceiling_bytes": 268435456}},
    "ledger": {"packets": {"received": 10}, "records": {"framed": 9, "routed": 8, "filtered": {"no_match": 1}}},
    "unaccounted": {"packets": 0, "bytes": 0, "records": 0}})");
}

TEST(StatusScreen, Figures_AreReadable) {
  const std::string screen = status_screen(report(), {});
  for (const char* part :
       {"logsniffd 1.2.3: well, up 3 h 12 min, pid 812", "12k", "1.5 KiB", "1,234,567", "1 min 5 s ago",
        "match 12, exclude 3", "never", "2.0 KiB of 64 MiB", "1.2/50.0", "queue_full 4", "12 of 100,000",
        "9 framed, 8 routed, filtered: no_match 1", "packets 0, bytes 0, records 0"}) {
    EXPECT_THAT(screen, HasSubstr(part));
  }
}

TEST(StatusScreen, Line_FitsIntoEightyColumns) {
  std::istringstream lines(status_screen(report(), {}));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
}

TEST(StatusScreen, Trouble_ComesFirstWithItsReasons) {
  Json trouble = report();
  trouble["status"] = "trouble";
  trouble["problems"] = {"sink journal lost 4 records"};
  const std::string screen = status_screen(trouble, {});
  EXPECT_THAT(screen, HasSubstr("TROUBLE"));
  EXPECT_LT(screen.find("! sink journal lost 4 records"), screen.find("INTERFACE"));
}

TEST(StatusScreen, NameWithControlCharacters_IsEscaped) {
  Json hostile = report();
  hostile["interfaces"][0]["name"] = "eth\x1b[2J";
  EXPECT_THAT(status_screen(hostile, {}), Not(HasSubstr("\x1b")));
}

TEST(StatusScreen, MembersThatAreMissing_AreDashes) {
  Json old = Json::object();
  EXPECT_THAT(status_screen(old, {}), HasSubstr("unaccounted  packets -"));
  // Every member alone may be missing or of another kind.
  const Json whole = report();
  for (const auto& [name, value] : whole.items()) {
    for (const Json& other : {Json(), Json(7), Json("x"), Json::array({1, "x"}), Json{{"a", 1}}}) {
      old = whole;
      old[name] = other;
      EXPECT_THAT(status_screen(old, {}), HasSubstr("unaccounted"));
    }
  }
}

TEST(StatusScreen, Colours_AreTheTerminals) {
  const std::string screen = status_screen(report(), {.clear = "", .bold = "<b>", .red = "<r>", .plain = "<p>"});
  EXPECT_EQ(screen.find("<b>"), 0U);
  EXPECT_THAT(screen, Not(HasSubstr("<r>")));
}

}  // namespace
}  // namespace logsniffd::cli

#include "tests/unit/framing/join_case.hpp"

namespace logsniffd::framing {

std::vector<JoinCase> start_and_indent_cases() {
  return {
      {.name = "DateStartsARecord",
       .source = "log4j with a message of several lines",
       .mode = JoinMode::start,
       .starts = Starts::digit,
       .records = {"2023-05-01 10:00:00 INFO request:\nGET / HTTP/1.1\nHost: a\n\n{\"a\": 1}",
                   "2023-05-01 10:00:01 ERROR failed\njava.lang.Error\n\tat a.B.c(B.java:1)",
                   "2023-05-01 10:00:02 INFO ok"}},
      {.name = "FrontWithoutAStart",
       .source = "a stream that was joined in the middle of a record",
       .mode = JoinMode::start,
       .starts = Starts::digit,
       .records = {"\tat a.B.c(B.java:1)\n\tat a.B.d(B.java:2)", "2023-05-01 10:00:02 INFO ok"}},
      {.name = "BracketStartsARecord",
       .source = "Ruby on Rails, tagged logging",
       .mode = JoinMode::start,
       .starts = Starts::bracket,
       .records = {"[a1b2] Started GET \"/\" for 127.0.0.1",
                   "[a1b2] NoMethodError (undefined method `x' for nil):\n  \n"
                   "app/controllers/home.rb:3:in `index'",
                   "[c3d4] Completed 200 OK"}},
      {.name = "GoPanic",
       .source = "Go runtime; the start pattern knows log lines, \"panic: \" and \"fatal error: \"",
       .mode = JoinMode::start,
       .starts = Starts::go,
       .records = {"2023/05/01 10:00:00 listening on :8080",
                   "panic: runtime error: index out of range [5] with length 3\n"
                   "\n"
                   "goroutine 1 [running]:\n"
                   "main.f(...)\n"
                   "\t/app/main.go:8\n"
                   "main.main()\n"
                   "\t/app/main.go:4 +0x1d\n"
                   "exit status 2",
                   "2023/05/01 10:00:01 listening on :8080"}},
      {.name = "GoFatalError",
       .source = "Go runtime",
       .mode = JoinMode::start,
       .starts = Starts::go,
       .records = {"fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [chan receive]:\nmain.main()\n"
                   "\t/app/main.go:5 +0x36"}},
      {.name = "PostgreSql",
       .source = "PostgreSQL, log_line_prefix '%m [%p] ': further lines begin with a TAB",
       .mode = JoinMode::indent,
       .records = {"2023-05-01 10:00:00.001 UTC [42] ERROR:  relation \"orders\" does not exist at character 21",
                   "2023-05-01 10:00:00.001 UTC [42] STATEMENT:  SELECT *\n\tFROM orders\n\t\n\tWHERE id = 1",
                   "2023-05-01 10:00:00.002 UTC [42] LOG:  duration: 0.1 ms"}},
      {.name = "IndentedBySpaces",
       .source = "GHC and others",
       .mode = JoinMode::indent,
       .records = {"warning: unused\n  in function f\n    at line 3", "warning: shadowed"}},
      {.name = "EmptyLinesStartRecords",
       .source = "hand-made",
       .mode = JoinMode::indent,
       .records = {"a\n b", "", "\n c", "d"}},
      {.name = "FrontIsIndented",
       .source = "a stream that was joined in the middle of a record",
       .mode = JoinMode::indent,
       .records = {"  b\n\tc", "d"}},
  };
}

}  // namespace logsniffd::framing

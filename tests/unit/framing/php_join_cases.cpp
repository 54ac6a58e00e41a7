// PHP, and Dart, whose frames are numbered, too.
#include "tests/unit/framing/join_case.hpp"

namespace logsniffd::framing {
namespace {

constexpr auto kGoogle =
    "https://github.com/GoogleCloudPlatform/fluent-plugin-detect-exceptions/blob/master/test/plugin/"
    "test_exception_detector.rb";

}  // namespace

std::vector<JoinCase> php_cases() {
  return {
      {.name = "Php5",
       .source = kGoogle,
       .records = {"exception 'Exception' with message 'Custom exception' in /app/test.php:5\n"
                   "Stack trace:\n"
                   "#0 /app/test.php(9): func1()\n"
                   "#1 {main}",
                   "next"}},
      {.name = "FatalErrorOnAppEngine",
       .source = kGoogle,
       .records = {"PHP Fatal error:  Uncaught exception 'Exception' with message 'message' in /app/errors.php:60\n"
                   "Stack trace:\n"
                   "#0 [internal function]: ErrorEntryGenerator::{closure}()\n"
                   "#1 /app/errors.php(20): call_user_func_array(Object(Closure), Array)\n"
                   "#2 {main}\n"
                   "  thrown in /app/errors.php on line 60",
                   "next"}},
      {.name = "MessageOfSeveralLinesWithAPrevious",
       .source = "PHP 8, error_log",
       .records = {"[21-Sep-2026 14:11:17 UTC] PHP Warning:  Undefined variable $x in /app/a.php on line 2",
                   "[21-Sep-2026 14:11:18 UTC] PHP Fatal error:  Uncaught PDOException: SQLSTATE[42S02]: no table:\n"
                   "SELECT x\n"
                   "FROM t in /app/a.php:3\n"
                   "Stack trace:\n"
                   "#0 /app/a.php(3): PDO->query()\n"
                   "#1 {main}\n"
                   "\n"
                   "Next RuntimeException: outer\n"
                   "of two lines in /app/a.php:5\n"
                   "Stack trace:\n"
                   "#0 {main}\n"
                   "  thrown in /app/a.php on line 5",
                   "[21-Sep-2026 14:11:19 UTC] PHP Warning:  Undefined variable $x in /app/a.php on line 2"}},
      {.name = "Laravel",
       .source = "Laravel, storage/logs/laravel.log",
       .records = {"[2026-09-21 14:11:17] production.INFO: before",
                   "[2026-09-21 14:11:18] production.ERROR: bad {\"exception\":\"[object] (Exception(code: 0): bad at "
                   "/app/routes/web.php:12)\n"
                   "[stacktrace]\n"
                   "#0 /app/vendor/laravel/framework/src/Route.php(205): {closure}()\n"
                   "#1 {main}\n"
                   "\"}",
                   "[2026-09-21 14:11:19] production.INFO: after"}},
      {.name = "Dart",
       .source = kGoogle,
       .records = {"Unhandled exception:\n"
                   "Bad state: oops\n"
                   "#0      handleFailure (file:///test/example/error.dart:16:3)\n"
                   "<asynchronous suspension>\n"
                   "#1      main (file:///test/example/error.dart:24:5)",
                   "next"}},
      {.name = "NumbersThatAreNoFrames",
       .source = "hand-made",
       .records = {"2026-09-21 14:11:18 a", "#0 is the first", "#1 is the second", "2026-09-21 14:11:19 b",
                   "Stack trace:", "none", "Next time", "2026-09-21 14:11:20 c"}},
  };
}

}  // namespace logsniffd::framing

#include "tests/unit/framing/join_case.hpp"

namespace logsniffd::framing {

std::vector<JoinCase> ruby_cases() {
  return {
      {.name = "Uncaught",
       .source = "Ruby 3.4",
       .records = {"starting",
                   "a.rb:2:in 'Object#f': undefined method 'x' for nil (NoMethodError)\n"
                   "\tfrom a.rb:5:in 'block in <main>'\n"
                   "\tfrom a.rb:9:in '<main>'",
                   "next"}},
      {.name = "MessageOfSeveralLinesWithACause",
       .source = "Ruby 2.5 and later, standard error is a file",
       .records = {"I, [2026-09-21T14:11:17.000001 #7]  INFO -- : starting",
                   "E, [2026-09-21T14:11:18.000001 #7] ERROR -- : it failed\n"
                   "/app/a.rb:4:in `rescue in f': outer (RuntimeError)\n"
                   "more of it\n"
                   "\n"
                   "and more\n"
                   "\tfrom /app/a.rb:1:in `f'\n"
                   "\tfrom /app/a.rb:9:in `<main>'\n"
                   "/app/a.rb:2:in `f': inner (KeyError)\n"
                   "\tfrom /app/a.rb:9:in `<main>'",
                   "I, [2026-09-21T14:11:19.000001 #7]  INFO -- : next"}},
      {.name = "LogOfAnException",
       .source = "Ruby's Logger, given an exception",
       .records =
           {"E, [2026-09-21T14:11:18.000001 #7] ERROR -- : undefined method `x' for nil:NilClass (NoMethodError)",
            "/app/a.rb:2:in `f'", "/app/a.rb:9:in `<main>'", "I, [2026-09-21T14:11:19.000001 #7]  INFO -- : next"}},
      {.name = "OnATerminal",
       .source = "Ruby 2.5 to 2.7: the last call comes last",
       .records = {"Traceback (most recent call last):\n"
                   "\t2: from a.rb:9:in `<main>'\n"
                   "\t1: from a.rb:5:in `g'\n"
                   "a.rb:2:in `f': bad (RuntimeError)",
                   "next"}},
      {.name = "Rails",
       .source = "https://github.com/GoogleCloudPlatform/fluent-plugin-detect-exceptions/blob/master/test/plugin/"
                 "test_exception_detector.rb",
       .records = {"NoMethodError (undefined method `word' for #<BooksController:0x007f8dd9a0c738>):\n"
                   "  \n"
                   "  app/controllers/books_controller.rb:69:in `word'\n"
                   "  config/error_reporting_logger.rb:62:in `tagged'",
                   "Completed 500 Internal Server Error in 3ms"}},
      {.name = "PlaceThatIsNoTrace",
       .source = "hand-made",
       .records = {"2026-09-21 14:11:18 a", "a.rb:2:in 'f': warning: x", "plain", "2026-09-21 14:11:19 b"}},
  };
}

}  // namespace logsniffd::framing

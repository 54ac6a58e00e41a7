#include "tests/unit/framing/join_case.hpp"

namespace logsniffd::framing {
namespace {

constexpr auto kGoogle =
    "https://github.com/GoogleCloudPlatform/fluent-plugin-detect-exceptions/blob/master/test/plugin/"
    "test_exception_detector.rb";

}  // namespace

std::vector<JoinCase> go_cases() {
  return {
      {.name = "Panic",
       .source = kGoogle,
       .records = {"listening on :8080",
                   "panic: my panic\n"
                   "\n"
                   "goroutine 4 [running]:\n"
                   "panic(0x45cb40, 0x47ad70)\n"
                   "\t/usr/local/go/src/runtime/panic.go:542 +0x46c fp=0xc42003f7b8 sp=0xc42003f710 pc=0x422f7c\n"
                   "main.main.func1(0xc420024120)\n"
                   "\tfoo.go:6 +0x39 fp=0xc42003f7d8 sp=0xc42003f7b8 pc=0x451339\n"
                   "created by main.main\n"
                   "\tfoo.go:5 +0x58\n"
                   "\n"
                   "goroutine 1 [chan receive, 5 minutes]:\n"
                   "main.main()\n"
                   "\tfoo.go:9 +0x6f",
                   "next"}},
      {.name = "PanicBehindALogLine",
       .source = "Go's log.Panic, and go run",
       .records = {"2026/09/21 14:11:17 listening on :8080",
                   "2026/09/21 14:11:18 stopping\n"
                   "panic: line one\n"
                   "line two\n"
                   "\n"
                   "goroutine 1 [running]:\n"
                   "log.Panic({0xc00009af38?, 0xc0000061a0?, 0x0?})\n"
                   "\t/usr/local/go/src/log/log.go:432 +0x5a\n"
                   "exit status 2",
                   "2026/09/21 14:11:19 listening on :8080"}},
      {.name = "Signal",
       .source = kGoogle,
       .records = {"2026/09/21 14:11:18 ready\n"
                   "panic: runtime error: invalid memory address or nil pointer dereference\n"
                   "[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x7fd34f]\n"
                   "\n"
                   "goroutine 5 [running]:\n"
                   "panics.nilPtrDereference()\n"
                   "\tpanics/panics.go:33 +0x1f\n"
                   "created by main.main in goroutine 1\n"
                   "\tserver.go:20 +0x91",
                   "2026/09/21 14:11:19 ready"}},
      {.name = "RecoveredAndPanickedAgain",
       .source = "Go 1.18 and later",
       .records = {"panic: first [recovered]\n"
                   "\tpanic: second\n"
                   "\n"
                   "goroutine 1 [running]:\n"
                   "main.main()\n"
                   "\t/app/main.go:8 +0x5a",
                   "next"}},
      {.name = "FatalError",
       .source = "Go runtime, SIGQUIT with registers",
       .records = {"fatal error: all goroutines are asleep - deadlock!\n"
                   "\n"
                   "goroutine 1 [chan receive]:\n"
                   "main.main()\n"
                   "\t/app/main.go:5 +0x36\n"
                   "\n"
                   "rax    0x0\n"
                   "rip    0x45cb40",
                   "next"}},
      {.name = "HttpServer",
       .source = "net/http: a handler's panic",
       .records = {"2026/09/21 14:11:18 http: panic serving 192.0.2.7:51234: bad\n"
                   "goroutine 19 [running]:\n"
                   "net/http.(*conn).serve.func1()\n"
                   "\t/usr/local/go/src/net/http/server.go:1850 +0xbf\n"
                   "created by net/http.(*Server).Serve in goroutine 1\n"
                   "\t/usr/local/go/src/net/http/server.go:3102 +0x4db",
                   "2026/09/21 14:11:19 next"}},
      {.name = "WordThatIsNoPanic",
       .source = "hand-made: the word, and no goroutine behind it",
       .records = {"2026/09/21 14:11:18 a", "panic: not really", "what else", "2026/09/21 14:11:19 b", "panic: no",
                   "done()", "next"}},
      {.name = "CallThatIsNoFrame",
       .source = "hand-made: a line that looks like a call, and no place below it",
       .records = {"panic: x\n\ngoroutine 1 [running]:\nmain.main()\n\t/app/main.go:5 +0x36", "shutdown(now)", "next"}},
  };
}

}  // namespace logsniffd::framing

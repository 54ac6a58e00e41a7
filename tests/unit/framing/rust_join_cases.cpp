#include "tests/unit/framing/join_case.hpp"

namespace logsniffd::framing {

std::vector<JoinCase> rust_cases() {
  return {
      {.name = "Panic",
       .source = "Rust 1.73 and later",
       .records = {"ready",
                   "thread 'main' panicked at src/main.rs:4:5:\n"
                   "index out of bounds: the len is 3 but the index is 99\n"
                   "note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace",
                   "next"}},
      {.name = "MessageOfSeveralLinesWithABacktrace",
       .source = "Rust 1.73 and later, assert_eq!",
       .records =
           {"[2026-09-21T14:11:17Z INFO  app] ready",
            "[2026-09-21T14:11:18Z INFO  app] working\n"
            "thread 'tokio-runtime-worker' panicked at src/main.rs:4:5:\n"
            "assertion `left == right` failed\n"
            "  left: 1\n"
            " right: 2\n"
            "stack backtrace:\n"
            "   0: rust_begin_unwind\n"
            "             at /rustc/cc66ad468955717ab92600c770da8c1601a4ac33/library/std/src/panicking.rs:595:5\n"
            "   1: app::main\n"
            "             at ./src/main.rs:4:5\n"
            "note: Some details are omitted, run with `RUST_BACKTRACE=full` for a verbose backtrace.",
            "[2026-09-21T14:11:19Z INFO  app] ready"}},
      {.name = "PanicBefore",
       .source = "Rust 1.72 and before",
       .records = {"thread '<unnamed>' panicked at 'one\ntwo', src/main.rs:2:5\n"
                   "note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace",
                   "next"}},
      {.name = "SecondPanicWithoutANote",
       .source = "Rust: the note comes once a process",
       .records = {"thread 'a' panicked at src/main.rs:4:5:\nfirst", "plain", "plainer",
                   "thread 'b' panicked at src/main.rs:4:5:\nsecond", "next"}},
      {.name = "NoteOfSomethingElse",
       .source = "hand-made",
       .records = {"2026-09-21 14:11:18 a", "note: run with care", "stack backtrace:", "   0: main"}},
  };
}

}  // namespace logsniffd::framing

// How many records of Python's SocketHandler does one core read per second? (daemon/record/python.hpp; goal: a million)
//
//   Typical     a message, all standard attributes, nothing else
//   Extra       with five keys of extra=
//   Traceback   with exc_text, which makes the message a copy
//   Refused     with an object in extra=, whose code is not run
//   Args        a sender that leaves msg % args to the receiver
//   Bomb        a list that would hold 10^40 items
#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>
#include <vector>

#include "daemon/record/python/python.hpp"

namespace {

using namespace logsniffd;
using namespace logsniffd::record;
using namespace logsniffd::record::python;

// Writes protocol 1, as SocketHandler does: every text and container gets its place in the memo.
class Writer {
 public:
  Writer() { open("}"); }

  Writer& text(std::string_view value) { return sized('X', value).put(); }
  Writer& number(std::uint32_t value) { return raw("J").little(value); }
  Writer& real() { return raw(std::string_view("G\x41\xda\xb2\xf0\x05\xc7\xe7\x3a", 9)); }
  Writer& none() { return raw("N"); }
  Writer& raw(std::string_view bytes) {
    text_.append(bytes);
    return *this;
  }
  Writer& open(std::string_view container) { return raw(container).put().raw("("); }
  std::string frame() {
    const std::string pickle = text_ + "u.";
    std::string length;
    for (int shift = 24; shift >= 0; shift -= 8) length += static_cast<char>(pickle.size() >> shift & 0xff);
    return length + pickle;
  }

 private:
  Writer& sized(char opcode, std::string_view value) {
    text_ += opcode;
    return little(static_cast<std::uint32_t>(value.size())).raw(value);
  }
  Writer& little(std::uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8) text_ += static_cast<char>(value >> shift & 0xff);
    return *this;
  }
  Writer& put() { return raw("q").raw(std::string(1, static_cast<char>(memo_++))); }

  std::string text_;
  int memo_ = 0;
};

Writer record(std::string_view msg) {
  Writer writer;
  writer.text("name").text("shop.cart").text("msg").text(msg);
  writer.text("levelname").text("INFO").text("levelno").raw("K\x14");
  writer.text("pathname")
      .text("/srv/shop/cart/views.py")
      .text("filename")
      .text("views.py")
      .text("module")
      .text("views");
  writer.text("exc_info").none().text("stack_info").none();
  writer.text("lineno").raw("K\x39").text("funcName").text("checkout").text("created").real().text("msecs").real();
  writer.text("relativeCreated").real().text("thread").raw("L140234567890123L\n").text("threadName").text("MainThread");
  writer.text("processName").text("MainProcess").text("process").raw("M\x67\x12");
  return writer;
}

Writer with_nothing_more(std::string_view msg) { return record(msg).text("args").none().text("exc_text").none(); }

void read(benchmark::State& state, const std::string& frame) {
  PythonReader reader;
  LogRecord log_record;
  std::vector<Field> fields;
  for (auto iteration : state) {
    if (reader.read(as_bytes(frame), log_record, fields) != PythonReader::Result::whole) {
      state.SkipWithError("not whole");
      break;
    }
    benchmark::DoNotOptimize(log_record.message.data());
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(frame.size()));
}

constexpr std::string_view kMessage = "user alice has 3 items in the cart, total 42.50, session 7f3a9c";

void typical(benchmark::State& state) { read(state, with_nothing_more(kMessage).frame()); }

void extra(benchmark::State& state) {
  Writer writer = with_nothing_more(kMessage);
  writer.text("request_id").text("c0ffee-1234").text("user").number(70000).text("ratio").real().text("ok").raw("I01\n");
  writer.text("tags").open("]").text("a").text("b").raw("e");
  read(state, writer.frame());
}

void traceback(benchmark::State& state) {
  Writer writer = record(kMessage).text("args").none().text("exc_text");
  std::string trace = "Traceback (most recent call last):\n";
  for (int i = 0; i < 10; ++i)
    trace += "  File \"/srv/shop/cart/views.py\", line 57, in checkout\n    total = price(cart)\n";
  read(state, writer.text(trace + "ValueError: no price").frame());
}

void refused(benchmark::State& state) {
  Writer writer = with_nothing_more(kMessage);
  read(state, writer.text("price").raw("cdecimal\nDecimal\n(").text("1.50").raw("tR").frame());
}

void args(benchmark::State& state) {
  Writer writer = record("user %s has %d items in the cart, total %.2f, session %s").text("exc_text").none();
  writer.text("args").raw("(").text("alice").raw("K\x03").real().text("7f3a9c").raw("t");
  read(state, writer.frame());
}

void bomb(benchmark::State& state) {
  Writer writer = with_nothing_more(kMessage);
  writer.text("bomb").raw("(]r").raw(std::string_view("\x00\x01\x00\x00", 4));
  std::string levels;
  for (char level = 1; level <= 40; ++level) {
    const auto place = [](char which, char at) { return std::string({which, at, 1, 0, 0}); };
    levels += "](";
    for (int i = 0; i < 10; ++i) levels += place('j', static_cast<char>(level - 1));
    levels += "e" + place('r', level);
  }
  read(state, writer.raw(levels).raw("1").raw(std::string_view("j\x28\x01\x00\x00", 5)).frame());
}

// If other work shares the processors, the least disturbed round is the best figure.
void least(benchmark::internal::Benchmark* benchmark) {
  benchmark->ComputeStatistics(
      "min", [](const std::vector<double>& rounds) { return *std::min_element(rounds.begin(), rounds.end()); });
}

}  // namespace

BENCHMARK(typical)->Apply(least);
BENCHMARK(extra)->Apply(least);
BENCHMARK(traceback)->Apply(least);
BENCHMARK(refused)->Apply(least);
BENCHMARK(args)->Apply(least);
BENCHMARK(bomb)->Apply(least);

BENCHMARK_MAIN();

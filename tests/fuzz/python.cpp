// Any bytes as what Python's SocketHandler sends: every view of the record can be read (a sanitizer sees a dangling
// one), nothing exceeds its bound, a refused frame leaves the record alone, and a second read gives the same result.
#include "daemon/record/python/python.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

#include "daemon/record/python/python_text.hpp"
#include "daemon/record/syslog/structured_data.hpp"

namespace {

using namespace logsniffd;
using namespace logsniffd::record;
using namespace logsniffd::record::python;
using namespace logsniffd::record::syslog;

constexpr std::size_t kTextLimit = 4096;

void require(bool condition) {
  if (!condition) std::abort();
}

// A copy of everything in a record.
std::string reported(const LogRecord& record) {
  std::string all;
  for (const std::string_view part : {record.host, record.app, record.pid, record.msgid, record.message}) {
    all.append(part).append(1, '\n');
  }
  for (const Field& field : record.fields) all.append(field.name).append(1, '=').append(field.value).append(1, '\n');
  return all;
}

void check_record(const LogRecord& record, std::size_t frame_bytes) {
  require(!record.severity || static_cast<unsigned>(*record.severity) <= 7);
  require(!record.facility && record.host.empty() && record.msgid.empty());
  require(!record.sent || record.sent->time_since_epoch().count() >= 0);
  require(record.message.size() <= kTextLimit);
  require(record.app.size() <= 2 * frame_bytes + 128 && record.pid.size() <= 2 * frame_bytes + 128);
  require(record.fields.size() <= kMaxFields);
  std::size_t sum = 0;
  for (const Field& field : record.fields) sum += field.name.size() + field.value.size();
  require(sum <= kTextLimit);
}

void check_reader(Bytes frame) {
  static PythonReader reader(kTextLimit);  // keeps the state of earlier frames, as in the daemon
  std::vector<Field> fields;
  std::string first;
  for (int turn = 0; turn < 2; ++turn) {
    LogRecord record;
    record.message = "untouched";
    if (reader.read(frame, record, fields) != PythonReader::Result::whole) {
      require(record.message == "untouched" && !record.severity && !record.sent && record.fields.empty());
      return;
    }
    check_record(record, frame.size());
    const std::string now = reported(record);
    require(turn == 0 || now == first);
    first = now;
  }
}

void check_pickle(Bytes frame) {
  static Pickle pickle;
  const Pickle::Result result = pickle.read(frame);
  require((pickle.refused_opcodes() == 0) == (pickle.first_refused_opcode() == 0));
  require(pickle.refused_opcodes() <= frame.size());
  if (result != Pickle::Result::whole) return;
  std::string text;
  for (const auto append : {append_str, append_repr, append_ascii}) {
    text.clear();
    Effort effort(1 << 20);
    BoundedText out(text, kTextLimit, effort);
    append(pickle, pickle.root(), out);
    require(text.size() <= kTextLimit);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes frame{data, size};
  check_pickle(frame);
  check_reader(frame);
  if (looks_like_python(frame)) require(size >= 4 && frame.back() == '.');
  return 0;
}

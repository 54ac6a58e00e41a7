// Values that Python 3.11 pickled, printed and formatted. python_vectors.py makes them, and says what each one is.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

namespace logsniffd::record::python {

// One value in one protocol. If its opcodes are refused, or if it is long, str and the members after it are empty.
struct PickleCase {
  std::string_view pickle;
  unsigned refused;
  std::string_view str;
  std::string_view repr;
  std::string_view ascii;
};

struct PercentCase {
  std::string_view format;
  std::string_view args;  // pickled
  bool raises;
  std::string_view printed;
};

// A frame, and every expected member of the record except sent and pid, which are the same in all cases.
struct RecordCase {
  std::string_view name;
  std::string_view frame;
  unsigned refused;
  int severity;
  std::string_view app;
  std::string_view message;
  std::vector<std::pair<std::string_view, std::string_view>> fields;
};

inline constexpr std::string_view kSent = "2026-10-11 20:14:15.123456";
inline constexpr std::string_view kPid = "4711";

const std::vector<PickleCase>& pickle_cases();
const std::vector<PercentCase>& percent_cases();
const std::vector<RecordCase>& record_cases();

}  // namespace logsniffd::record::python

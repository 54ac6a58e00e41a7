// Any bytes as a name in a folder, and as the value from which a file name is made. A name that is read as that of
// a rotated file is exactly one that is given. No value makes such a name, leaves its folder or becomes too long
// to be rotated.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "daemon/sink/file/path_template.hpp"
#include "daemon/sink/file/rotated_name.hpp"

namespace {

using namespace logsniffd;
using namespace logsniffd::sink;
using namespace logsniffd::sink::file;

constexpr std::size_t kLongest = PathTemplate::kMaxComponent - kRotatedExtra;

void expect(bool holds) {
  if (!holds) std::abort();
}

void check_name(std::string_view name) {
  if (const auto rotated = parse_rotated(name)) {
    const std::string plain = rotated_name(rotated->base, rotated->stamp);
    expect(plain + std::string(suffix_of(rotated->compression)) == name);
  }
  if (const auto temporary = parse_temporary(name)) {
    expect(temporary_name(rotated_name(temporary->base, temporary->stamp), temporary->compression) == name);
  }
}

void check_value(std::string_view value) {
  static PathTemplate path = std::move(*PathTemplate::parse("/var/log/{host}", kLongest));
  record::LogRecord record;
  record.host = value;
  std::string name;
  path.expand(record, "", name);
  expect(!name.empty() && name.size() <= kLongest && name.front() != '.');
  expect(name.find('/') == std::string::npos && name.find('\0') == std::string::npos);
  expect(!parse_rotated(name) && !parse_temporary(name));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_name(text);
  check_value(text);
  return 0;
}

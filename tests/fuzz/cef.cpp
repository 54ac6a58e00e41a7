// Any bytes as a CEF and as a LEEF event. Names and values lie in the text or in `unescaped` (or are literals
// of the header), and `unescaped` never moves under them. Nothing exceeds its bound. Text that is not an
// event changes nothing.
#include "daemon/record/syslog/cef.hpp"

#include <cstdint>
#include <cstdlib>
#include <functional>

#include "daemon/record/syslog/leef.hpp"
#include "daemon/record/syslog/structured_data.hpp"

namespace {

using namespace logsniffd;
using namespace logsniffd::record;
using namespace logsniffd::record::syslog;

constexpr std::size_t kEarlier = 3;  // fields that already exist

void require(bool condition) {
  if (!condition) std::abort();
}

bool lies_in(std::string_view part, std::string_view whole) {
  const std::less_equal<const char*> in_order;  // a total order, which raw pointers lack
  return part.empty() ||
         (in_order(whole.data(), part.data()) && in_order(part.data() + part.size(), whole.data() + whole.size()));
}

void check(std::string_view text, std::string_view prefix, EventFields read, const LogRecord& record,
           const std::vector<Field>& fields, const std::string& unescaped) {
  require(record.message == "untouched" && fields.size() >= kEarlier);
  if (read == EventFields::none) {
    require(!record.severity && fields.size() == kEarlier);
    return;
  }
  const std::size_t header = prefix == "cef." ? 6 : 4;
  require(fields.size() >= kEarlier + header && fields.size() <= kMaxFields);
  std::size_t length = 0;
  for (std::size_t i = kEarlier; i < fields.size(); ++i) {
    const auto& [name, value] = fields[i];
    require(i < kEarlier + header ? name.starts_with(prefix) : lies_in(name, text));
    require(!name.empty() && name.size() <= kMaxEventKey);
    require(lies_in(value, text) || lies_in(value, unescaped));
    length += value.size();
  }
  require(length <= text.size() && unescaped.size() <= text.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text({data, size});
  for (const bool cef : {true, false}) {
    LogRecord record;
    record.message = "untouched";
    std::vector<Field> fields(kEarlier, Field{"earlier", ""});
    std::string unescaped;
    const EventFields read = cef ? read_cef(text, record, fields, unescaped) : read_leef(text, record, fields);
    check(text, cef ? "cef." : "leef.", read, record, fields, unescaped);
  }
  return 0;
}

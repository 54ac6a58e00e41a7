// A pickled pair of a format and its arguments. Whatever they are, the output stays within the limit, earlier output
// stays, and a failure leaves nothing.
#include "daemon/record/python/percent_format.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

using namespace logsniffd;
using namespace logsniffd::record;
using namespace logsniffd::record::python;

void require(bool condition) {
  if (!condition) std::abort();
}

void check(const Pickle& pickle, const PickleValue& format, const PickleValue& args, std::size_t limit) {
  std::string text = "front";
  Effort effort(4 * limit);
  BoundedText out(text, limit, effort);
  const bool ok = percent_format(format.text(), pickle, args, out);
  require(text.size() <= limit && text.starts_with("front"));
  require(ok || text == "front");
  require(effort.spent() <= 4 * limit);
  if (ok && !out.cut() && format.text().find('%') == std::string_view::npos) require(out.written() == format.text());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Pickle pickle;  // keeps the state of earlier inputs, as in the daemon
  if (pickle.read({data, size}) != Pickle::Result::whole) return 0;
  const PickleValue& root = pickle.root();
  if (!root.is(PickleKind::tuple) || root.size != 2) return 0;
  auto item = pickle.items(root).begin();
  const PickleValue& format = *item++;
  if (!format.is(PickleKind::text)) return 0;
  for (const std::size_t limit : {5U, 6U, 40U, 3000U, 70000U}) check(pickle, format, *item, limit);
  return 0;
}

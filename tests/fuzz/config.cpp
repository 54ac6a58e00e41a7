// Any text as a configuration: it is refused or loaded, and every refusal has a place and one line. What is behind a form
// feed is a file that can be included, and the value of every variable, file and credential.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/loader.hpp"
#include "daemon/base/bytes.hpp"

namespace {

using namespace logsniffd;

class FuzzedSources final : public config::Sources {
 public:
  explicit FuzzedSources(std::string text) : text_(std::move(text)) {}

  [[nodiscard]] Expected<std::string> read(const std::string&, std::size_t limit) const override {
    return text_.substr(0, limit + 1);
  }
  [[nodiscard]] Expected<std::vector<std::string>> names_in(const std::string&) const override {
    return std::vector<std::string>{"a.yaml"};
  }
  [[nodiscard]] std::optional<std::string> variable(const std::string&) const override { return text_; }

 private:
  std::string text_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = as_text({data, size});
  const std::size_t feed = std::min(input.find('\f'), input.size());
  const FuzzedSources sources{std::string(input.substr(std::min(feed + 1, input.size())))};
  const config::LoadResult result = config::load(input.substr(0, feed), "/f", sources);
  for (const config::Diagnostic& problem : result.problems) {
    if (problem.mark.line < 1 || problem.mark.column < 1 || !problem.mark.file) std::abort();
    if (problem.to_string("f").find('\n') != std::string::npos) std::abort();
  }
  if (result.ok() && result.config.filters.empty()) std::abort();
  return 0;
}

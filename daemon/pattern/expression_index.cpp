#include "daemon/pattern/expression_index.hpp"

#include "daemon/pattern/compile.hpp"

namespace logsniffd::pattern {

ExpressionIndex ExpressionIndex::compile(const std::vector<std::string>& expressions) {
  RE2::Options options = quiet_options();
  options.set_max_mem(kMemoryBytes);
  auto set = std::make_unique<RE2::Set>(options, RE2::UNANCHORED);
  ExpressionIndex index;
  for (const std::string& expression : expressions) {
    if (set->Add(expression, nullptr) < 0) return index;
  }
  if (set->Compile()) index.set_ = std::move(set);
  return index;
}

bool ExpressionIndex::find(std::string_view text, std::vector<int>& found) const {
  RE2::Set::ErrorInfo error{};
  return set_->Match(text, &found, &error) || error.kind == RE2::Set::kNoError;
}

}  // namespace logsniffd::pattern

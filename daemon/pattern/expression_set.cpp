#include "daemon/pattern/expression_set.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/pattern/compile.hpp"

namespace logsniffd::pattern {
namespace {

// Returns null if they are too large for one automaton; each alone still works.
std::unique_ptr<const RE2::Set> combine(const std::vector<std::string>& expressions) {
  auto set = std::make_unique<RE2::Set>(quiet_options(), RE2::UNANCHORED);
  for (const std::string& expression : expressions) {
    if (set->Add(expression, nullptr) < 0) return nullptr;
  }
  if (!set->Compile()) return nullptr;
  return set;
}

}  // namespace

RE2::Options quiet_options() {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(ExpressionSet::kMemoryBytes);
  return options;
}

Expected<std::unique_ptr<const RE2>> compile_expression(std::string_view expression) {
  auto compiled = std::make_unique<const RE2>(expression, quiet_options());
  if (compiled->ok()) return compiled;
  return fail(
      Error::usage(fmt::format("'{}' is not a valid RE2 expression: {}; see https://github.com/google/re2/wiki/Syntax",
                               expression, compiled->error())));
}

Status check_expression(std::string_view expression) {
  const RE2 compiled(expression, quiet_options());
  if (compiled.ok()) return {};
  return fail(Error::usage(compiled.error()));
}

Expected<ExpressionSet> ExpressionSet::compile(const std::vector<std::string>& expressions) {
  ExpressionSet result;
  for (const std::string& expression : expressions) {
    auto compiled = compile_expression(expression);
    if (!compiled) return fail(std::move(compiled.error()));
    result.each_.push_back(std::move(*compiled));
  }
  if (expressions.size() > 1) result.together_ = combine(expressions);
  return result;
}

bool ExpressionSet::matches(std::string_view text) const {
  if (together_) {
    RE2::Set::ErrorInfo error{};
    if (together_->Match(text, nullptr, &error)) return true;
    if (error.kind == RE2::Set::kNoError) return false;
    // The automaton of the set outgrew kMemoryBytes on this text. A single RE2 continues without one, slower.
  }
  return std::any_of(each_.begin(), each_.end(), [text](const auto& expression) {
    return expression->Match(text, 0, text.size(), RE2::UNANCHORED, nullptr, 0);
  });
}

}  // namespace logsniffd::pattern

#include "daemon/pattern/replacement.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "daemon/pattern/compile.hpp"
#include "daemon/text/utf8.hpp"

namespace logsniffd::pattern {
namespace {

constexpr int kMaxGroups = 10;  // \0 to \9

}  // namespace

Replacement::Replacement(std::unique_ptr<const RE2> characters, std::unique_ptr<const RE2> bytes, std::string with)
    : characters_(std::move(characters)),
      bytes_(std::move(bytes)),
      with_(std::move(with)),
      groups_(RE2::MaxSubmatch(with_) + 1) {}

Expected<Replacement> Replacement::compile(std::string_view expression, std::string with) {
  auto characters = compile_expression(expression);
  if (!characters) return fail(std::move(characters.error()));
  RE2::Options options = quiet_options();
  options.set_encoding(RE2::Options::EncodingLatin1);
  auto bytes = std::make_unique<const RE2>(expression, options);
  if (!bytes->ok()) return fail(Error::usage(fmt::format("'{}' is too large; split it into several", expression)));
  if (std::string problem; !(*characters)->CheckRewriteString(with, &problem)) {
    return fail(Error::usage(fmt::format(
        "'{}' cannot replace a match; use \\0 for the match, \\1 to \\9 for a group of the expression, and \\\\ for a "
        "backslash",
        with)));
  }
  if ((*characters)->Match("", 0, 0, RE2::UNANCHORED, nullptr, 0)) {
    return fail(Error::usage(fmt::format(
        "'{}' matches the empty text, so it matches everywhere; use one that needs a character", expression)));
  }
  return Replacement(std::move(*characters), std::move(bytes), std::move(with));
}

bool Replacement::apply(std::string_view text, std::string& out) const {
  const RE2& expression = text::is_utf8(text) ? *characters_ : *bytes_;
  std::array<re2::StringPiece, kMaxGroups> groups;
  std::string result;
  std::size_t copied = 0;
  int matches = 0;
  for (std::size_t from = 0;
       from <= text.size() && expression.Match(text, from, text.size(), RE2::UNANCHORED, groups.data(), groups_);) {
    const auto begin = static_cast<std::size_t>(groups[0].data() - text.data());
    const std::size_t end = begin + groups[0].size();
    result.append(text.substr(copied, begin - copied));
    copied = end;
    if (++matches > kMaxMatches) {
      result.append(kRest);
      copied = text.size();
      break;
    }
    expression.Rewrite(&result, with_, groups.data(), groups_);
    // An empty match, which only context can make, is passed over.
    from = end + (groups[0].empty() ? 1 : 0);
  }
  if (matches == 0) return false;
  out = std::move(result.append(text.substr(copied)));
  return true;
}

}  // namespace logsniffd::pattern

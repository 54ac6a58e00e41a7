#include "daemon/filter/field_tests.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>
#include <variant>

#include "daemon/base/nearest.hpp"
#include "daemon/pattern/whole_match.hpp"

namespace logsniffd::filter {
namespace {

constexpr std::string_view kNamedPrefix = "field.";

enum class Source : std::uint8_t { host, app, pid, msgid, severity, interface, named };
// By Source; the last stands for all of its kind.
constexpr std::array<std::string_view, 7> kSources{"host",     "app",       "pid",       "msgid",
                                                   "severity", "interface", "field.NAME"};

std::optional<Source> source_of(std::string_view field) {
  if (field.starts_with(kNamedPrefix)) {
    return field.size() > kNamedPrefix.size() ? std::optional(Source::named) : std::nullopt;
  }
  const auto* const found = std::find(kSources.begin(), kSources.end(), field);
  if (found == kSources.end()) return std::nullopt;
  return static_cast<Source>(found - kSources.begin());
}

struct Comparison {
  bool greater;
  bool or_equal;
  double limit;

  [[nodiscard]] bool holds(double value) const {
    if (value == limit) return or_equal;
    return greater ? value > limit : value < limit;
  }
};

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_comparison(std::string_view test) { return test.starts_with('<') || test.starts_with('>'); }

Expected<Comparison> parse_comparison(std::string_view test) {
  const bool greater = test.starts_with('>');
  const bool or_equal = test.substr(1).starts_with('=');
  std::string_view number = test.substr(or_equal ? 2 : 1);
  number.remove_prefix(std::min(number.find_first_not_of(' '), number.size()));
  const auto limit = number_of(number);
  if (!limit) return fail(Error::usage(fmt::format("'{}' does not compare with a number; example: '>=500'", test)));
  return Comparison{greater, or_equal, *limit};
}

}  // namespace

struct FieldTests::Compiled {
  [[nodiscard]] bool passes(std::string_view value) const {
    if (const auto* const expression = std::get_if<pattern::WholeMatch>(&test)) return expression->matches(value);
    const auto number = number_of(value);
    return number && std::get<Comparison>(test).holds(*number);
  }
  [[nodiscard]] bool holds(const record::LogRecord& record) const;

  Source source;
  std::string name;  // of a named value
  std::variant<pattern::WholeMatch, Comparison> test;
};

// An empty view is an absent value.
bool FieldTests::Compiled::holds(const record::LogRecord& record) const {
  const auto present = [this](std::string_view value) { return !value.empty() && passes(value); };
  switch (source) {
    case Source::host:
      return present(record.host);
    case Source::app:
      return present(record.app);
    case Source::pid:
      return present(record.pid);
    case Source::msgid:
      return present(record.msgid);
    case Source::severity:
      return record.severity && passes(to_string(*record.severity));
    case Source::interface:
      return present(record.interface);
    case Source::named:
      break;
  }
  return std::any_of(record.fields.begin(), record.fields.end(),
                     [this](const record::Field& field) { return field.name == name && passes(field.value); });
}

Status check_field_name(std::string_view field) {
  if (source_of(field)) return {};
  const std::string hint = did_you_mean(field, kSources);
  return fail(Error::usage("unknown field" + (hint.empty() ? "; use " + any_of(kSources) : hint)));
}

Status check_field_test(std::string_view test) {
  if (is_comparison(test)) {
    if (auto parsed = parse_comparison(test); !parsed) return fail(std::move(parsed.error()));
    return {};
  }
  if (auto compiled = pattern::WholeMatch::compile(test); !compiled) return fail(std::move(compiled.error()));
  return {};
}

Expected<FieldTests> FieldTests::compile(const std::vector<FieldTest>& tests) {
  FieldTests result;
  for (const auto& [field, test] : tests) {
    if (Status known = check_field_name(field); !known) return fail(std::move(known.error()).within(field));
    const Source source = *source_of(field);
    std::string name(source == Source::named ? std::string_view(field).substr(kNamedPrefix.size())
                                             : std::string_view{});
    if (is_comparison(test)) {
      auto comparison = parse_comparison(test);
      if (!comparison) return fail(std::move(comparison.error()).within(field));
      result.tests_.push_back({source, std::move(name), *comparison});
    } else {
      auto expression = pattern::WholeMatch::compile(test);
      if (!expression) return fail(std::move(expression.error()).within(field));
      result.tests_.push_back({source, std::move(name), std::move(*expression)});
    }
  }
  return result;
}

FieldTests::FieldTests() = default;
FieldTests::FieldTests(FieldTests&&) noexcept = default;
FieldTests& FieldTests::operator=(FieldTests&&) noexcept = default;
FieldTests::~FieldTests() = default;

bool FieldTests::hold(const record::LogRecord& record) const {
  return std::all_of(tests_.begin(), tests_.end(), [&record](const Compiled& test) { return test.holds(record); });
}

}  // namespace logsniffd::filter

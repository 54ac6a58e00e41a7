#include "daemon/sink/syslog/sd_element.hpp"

#include <algorithm>
#include <vector>

#include "daemon/format/marker.hpp"
#include "daemon/sink/syslog/printable_word.hpp"
#include "daemon/text/escape.hpp"

namespace logsniffd::sink::syslog {
namespace {

constexpr std::size_t kMaxSdName = 32;  // RFC 5424, 6.3.2
constexpr std::string_view kNotInNames = "=]\"";
constexpr std::string_view kRenamed = "sender.";

// RFC 5424, 6.3.3: puts a backslash before each '"', '\' and ']' in `out`, starting at `begin`.
void quote_from(std::size_t begin, std::string& out) {
  const auto is_quoted = [](char c) { return c == '"' || c == '\\' || c == ']'; };
  std::size_t from = out.size();
  std::size_t to = from;
  for (std::size_t i = begin; i < from; ++i) to += is_quoted(out[i]) ? 1U : 0U;
  out.resize(to);
  while (from != to) {  // from the back, so that nothing is overwritten before it has moved
    const char c = out[--from];
    out[--to] = c;
    if (is_quoted(c)) out[--to] = '\\';
  }
}

// append_escaped() doubled every backslash in the text that begins at `begin`. One is enough if it could not be taken
// for the beginning of an escape, so that ordinary values, such as paths, stay what RFC 5424 says they are.
void simplify_from(std::size_t begin, std::string& out) {
  constexpr std::string_view kMeansMore = "nrtx\\";
  std::size_t to = begin;
  for (std::size_t from = begin; from < out.size();) {
    const char c = out[from++];
    out[to++] = c;
    if (c != '\\') continue;
    const char kind = out[from++];
    const bool ambiguous = from < out.size() && kMeansMore.find(out[from]) != std::string_view::npos;
    if (kind != '\\' || ambiguous) out[to++] = kind;
  }
  out.resize(to);
}

// Escapes the value, then quotes the result: both can be undone.
void append_parameter(std::string_view name, std::string_view value, std::string& out) {
  out.push_back(' ');
  append_word(name, kMaxSdName, kNotInNames, out);
  out.append("=\"");
  const std::size_t begin = out.size();
  text::append_escaped(value, out);
  simplify_from(begin, out);
  quote_from(begin, out);
  out.push_back('"');
}

// "SD-ID.NAME", as the record room names it.
struct FieldName {
  std::string_view element;
  std::string_view parameter;  // empty: the element has none
};

FieldName split(const record::Field& field) {
  const std::size_t at = field.name.find('@');
  const std::size_t dot = field.name.find('.', at == std::string_view::npos ? 0 : at);
  if (dot != std::string_view::npos) return {field.name.substr(0, dot), field.name.substr(dot + 1)};
  if (field.value.empty()) return {field.name, {}};
  return {kFieldsElement, field.name};
}

// Appends the name under which a sender's element is sent on.
void append_element_name(std::string_view element, std::string& out) {
  const std::size_t begin = out.size();
  append_word(element, kMaxSdName, kNotInNames, out);
  const std::string_view name = std::string_view(out).substr(begin);
  if (name.substr(0, name.find('@')) != format::kOwnName) return;
  out.insert(begin, kRenamed);
  out.resize(begin + std::min(out.size() - begin, kMaxSdName));
}

struct Parameter {
  std::size_t begin;  // of its element's name in the scratch memory
  std::size_t size;
  std::string_view name;  // empty: the element alone
  std::string_view value;
};

}  // namespace

void append_elements(std::span<const record::Field> fields, std::string& out) {
  if (fields.empty()) return;
  static thread_local std::string names;
  static thread_local std::vector<Parameter> parameters;
  names.clear();
  parameters.clear();
  for (const record::Field& field : fields) {
    const FieldName name = split(field);
    if (name.element.empty()) continue;  // it has no SD-ID, so it cannot be expressed
    const std::size_t begin = names.size();
    append_element_name(name.element, names);
    parameters.push_back({begin, names.size() - begin, name.parameter, field.value});
  }
  const auto element_of = [](const Parameter& parameter) {
    return std::string_view(names).substr(parameter.begin, parameter.size);
  };
  for (auto first = parameters.begin(); first != parameters.end(); ++first) {
    const std::string_view element = element_of(*first);
    const auto is_of_it = [&](const Parameter& other) { return element_of(other) == element; };
    if (std::any_of(parameters.begin(), first, is_of_it)) continue;  // already written
    out.append(1, '[').append(element);
    for (auto each = first; each != parameters.end(); ++each) {
      if (is_of_it(*each) && !each->name.empty()) append_parameter(each->name, each->value, out);
    }
    out.push_back(']');
  }
}

}  // namespace logsniffd::sink::syslog

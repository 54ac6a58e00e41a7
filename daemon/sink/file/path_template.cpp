#include "daemon/sink/file/path_template.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/sink/file/rotated_name.hpp"
#include "daemon/text/utf8.hpp"

namespace logsniffd::sink::file {
namespace {

void append_safe(std::string_view value, std::string& out) {
  if (value.empty()) value = "_";
  const std::size_t dots = std::min(value.find_first_not_of('.'), value.size());
  out.append(dots, '_');
  const std::size_t begin = out.size();
  out.append(value.substr(dots));
  std::replace(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(), '/', '_');
}

// Cuts the last component of `out`, which begins at `begin`.
void bound_component(std::size_t begin, std::size_t limit, std::string& out) {
  const std::string_view component = std::string_view(out).substr(begin);
  out.resize(begin + text::utf8_cut(component, limit));
}

// What is wrong with the literal parts after the fixed directory; empty if they are fine. `path` has a letter for
// each field.
std::string_view objection(std::string_view path, std::size_t longest_name) {
  while (true) {
    const std::size_t slash = path.find('/');
    const std::string_view component = path.substr(0, slash);
    if (component.empty())
      return slash == std::string_view::npos ? "it names a directory, not a file" : "it has an empty component";
    if (component == "." || component == "..") return "'.' and '..' must not follow the first field";
    if (component.size() > PathTemplate::kMaxComponent) return "a component is longer than 255 bytes; shorten it";
    if (slash == std::string_view::npos)
      return component.size() > longest_name ? "the file name leaves no room for the names of rotated files" : "";
    path.remove_prefix(slash + 1);
  }
}

std::string outline(const format::RecordTemplate& path) {
  std::string text;
  for (const format::TemplatePiece& piece : path.pieces()) {
    text.append(piece.field == format::TemplateField::literal ? std::string_view(piece.text) : "f");
  }
  return text;
}

}  // namespace

Expected<PathTemplate> PathTemplate::parse(std::string_view path, std::size_t longest_name) {
  const auto refuse = [path](std::string_view why) { return fail(Error::usage(fmt::format("{}: {}", path, why))); };
  if (!path.starts_with('/')) return refuse("the path must be absolute");
  // The text before the first field; braces in it can only be doubled literals.
  auto whole = format::RecordTemplate::parse(path);
  if (!whole) return fail(std::move(whole.error()).within(std::string(path)));
  const std::string_view fixed = whole->pieces().front().text;
  const std::size_t last_slash = fixed.rfind('/');

  // Doubling braces does not affect '/', so the number of slashes in `fixed` finds the place in `path`.
  std::size_t begin = 0;
  for (auto slashes = std::count(fixed.begin(), fixed.end(), '/'); slashes > 0; --slashes)
    begin = path.find('/', begin) + 1;
  auto below = format::RecordTemplate::parse(path.substr(begin));
  if (!below) return fail(std::move(below.error()).within(std::string(path)));
  const std::string_view why_not = objection(outline(*below), longest_name);
  if (!why_not.empty()) return refuse(why_not);
  return PathTemplate(std::string(fixed.substr(0, std::max<std::size_t>(last_slash, 1))), std::move(*below),
                      longest_name);
}

void PathTemplate::expand(const record::LogRecord& record, std::string_view filter, std::string& out) {
  std::size_t begin = out.size();
  for (const format::TemplatePiece& piece : below_.pieces()) {
    if (piece.field != format::TemplateField::literal) {
      value_.clear();
      format::append_piece(piece, record, filter, value_);
      append_safe(value_, out);
      continue;
    }
    for (const char c : piece.text) {
      if (c == '/') bound_component(begin, kMaxComponent, out);
      out.push_back(c);
      if (c == '/') begin = out.size();
    }
  }
  bound_component(begin, longest_name_, out);
  const std::string_view name = std::string_view(out).substr(begin);
  if (!is_constant() && (parse_rotated(name) || parse_temporary(name))) out.back() = '_';
}

}  // namespace logsniffd::sink::file

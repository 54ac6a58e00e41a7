#include "config/substitution.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "config/value.hpp"
#include "daemon/base/nearest.hpp"
#include "daemon/base/quantity.hpp"
#include "daemon/text/utf8.hpp"

namespace logsniffd::config {
namespace {

constexpr std::string_view kFile = "file";
constexpr std::string_view kCredential = "credential";
constexpr std::string_view kDropIn = "a drop-in (systemctl edit logsniffd)";

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

tl::unexpected<Error> refuse(std::string why) { return fail(Error::usage(std::move(why))); }

std::string without_line_feed(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

void replace_all(std::string_view what, std::string_view with, std::string& in) {
  for (std::size_t at = in.find(what); at != std::string::npos; at = in.find(what, at + with.size())) {
    in.replace(at, what.size(), with);
  }
}

constexpr std::size_t kTelling = 4;  // shorter pieces of a value stand in other words by chance

// Whether the message holds a piece of the value.
bool tells(std::string_view message, std::string_view value) {
  for (std::size_t at = 0; at + kTelling <= message.size(); ++at) {
    if (value.find(message.substr(at, kTelling)) != std::string_view::npos) return true;
  }
  return false;
}

std::string untold(const Node& scalar) {
  return quoted(scalar.written) +
         " is not replaced by a valid value for this key; the reason is not shown, because it could tell the value";
}

// As as_written(). A message about a list or a mapping may name any value in it.
std::string conceal(const Node& node, std::string message) {
  if (!node.written.empty()) {
    constexpr std::string_view kPlace = "\x01";  // so that the written text is not searched for the value
    if (message.starts_with(node.text + " ")) message.replace(0, node.text.size(), kPlace);
    replace_all(quoted(node.text), kPlace, message);
    replace_all("'" + node.text + "'", kPlace, message);
    if (node.text.size() >= kTelling) replace_all(node.text, kPlace, message);
    if (tells(message, node.text)) return untold(node);
    replace_all(kPlace, quoted(node.written), message);
  }
  for (const Node& item : node.items) message = conceal(item, std::move(message));
  for (const Entry& entry : node.entries) message = conceal(entry.value, std::move(message));
  return message;
}

}  // namespace

void Substitution::replace_references(Node& node) {
  if (node.kind == Node::Kind::scalar) replace_in(node);
  for (Node& item : node.items) replace_references(item);
  for (Entry& entry : node.entries) replace_references(entry.value);
}

std::optional<Substitution::Reference> Substitution::reference_at(std::string_view text, std::size_t begin) {
  text.remove_prefix(std::min(begin, text.size()));
  if (!text.starts_with("${")) return std::nullopt;
  std::size_t end = 2;
  while (end < text.size() && is_name_character(text[end])) ++end;
  const std::string_view name = text.substr(2, end - 2);
  if (name.empty() || (name.front() >= '0' && name.front() <= '9') || end == text.size()) return std::nullopt;
  if (text[end] == '}') return Reference{text.substr(0, end + 1), name, std::nullopt};
  if (text[end] != ':') return std::nullopt;
  const std::size_t close = text.find('}', end);
  if (close == std::string_view::npos) return std::nullopt;
  return Reference{text.substr(0, close + 1), name, text.substr(end + 1, close - end - 1)};
}

void Substitution::replace_in(Node& scalar) {
  const std::size_t last_close = scalar.text.rfind('}');
  if (last_close == std::string::npos) return;
  const std::string_view text = scalar.text;
  std::string out;
  bool replaced = false;
  bool secret = false;
  std::size_t at = 0;
  for (std::size_t dollar = text.find('$'); dollar < last_close; dollar = text.find('$', at)) {
    out += text.substr(at, dollar - at);
    at = dollar + 1;
    if (const auto escaped = reference_at(text, dollar + 1)) {
      out += escaped->whole;
      at += escaped->whole.size();
      continue;
    }
    const auto reference = reference_at(text, dollar);
    if (!reference) {
      out += '$';
      continue;
    }
    const Expected<std::string> value = value_of(*reference);
    const Status fits = value ? take(*reference, *value) : Status(fail(value.error()));
    if (!fits) {
      scalar.fault = fits.error().message();
      return;
    }
    out += *value;
    at = dollar + reference->whole.size();
    replaced = true;
    secret = secret || (reference->argument && !reference->argument->starts_with('-'));
  }
  out += text.substr(at);
  if (replaced) {
    scalar.written = scalar.text;
    scalar.secret = secret;
    scalar.quoted = false;  // a number may need quotes only for its braces
  }
  scalar.text = std::move(out);
}

Expected<std::string> Substitution::value_of(const Reference& reference) const {
  const std::string name(reference.name);
  if (!reference.argument) {
    auto value = sources_.variable(name);
    if (value) return std::move(*value);
    return refuse(
        fmt::format("the environment variable {0} is not set; add Environment={0}=VALUE to {1}, give a default as in "
                    "${{{0}:-VALUE}}, or write $${{{0}}} for the text itself",
                    name, kDropIn));
  }
  const std::string argument(*reference.argument);
  if (argument.starts_with('-')) {
    if (argument.find("${") != std::string::npos) {
      return refuse(fmt::format("the default of ${{{}:-...}} holds another reference; use a plain text", name));
    }
    auto value = sources_.variable(name);
    return value && !value->empty() ? std::move(*value) : argument.substr(1);
  }
  if (name == kCredential) return read_credential(argument);
  if (name != kFile) {
    constexpr std::array kNames{kFile, kCredential};
    return refuse(fmt::format(
        "{} is not a reference{}; use ${{NAME}}, ${{NAME:-default}}, ${{file:/path}} or ${{credential:NAME}}, or write "
        "one more $ before it for the text itself",
        quoted(reference.whole), did_you_mean(name, kNames)));
  }
  if (!argument.starts_with('/')) return refuse(quoted(reference.whole) + " has no absolute path; start it with /");
  auto text = sources_.read(argument, kMaxReplacement);
  if (text) return without_line_feed(std::move(*text));
  return refuse(fmt::format("cannot read {}: {}; it has to be a file that the user that runs logsniffd can read",
                            quoted(argument), text.error().message()));
}

Expected<std::string> Substitution::read_credential(const std::string& name) const {
  if (name.empty() || name.front() == '.' || name.find('/') != std::string::npos) {
    return refuse(quoted(name) + " is not a name of a credential; use the one in LoadCredential=");
  }
  const auto folder = sources_.variable("CREDENTIALS_DIRECTORY");
  auto text = folder ? sources_.read(*folder + "/" + name, kMaxReplacement)
                     : Expected<std::string>(refuse("CREDENTIALS_DIRECTORY is not set"));
  if (text) return without_line_feed(std::move(*text));
  return refuse(fmt::format("cannot read the credential {}: {}; add LoadCredential={}:/PATH to {}, and restart it",
                            quoted(name), text.error().message(), name, kDropIn));
}

Status Substitution::take(const Reference& reference, const std::string& value) {
  const auto because = [&](std::string_view what) {
    return refuse(fmt::format("{} {}", quoted(reference.whole), what));
  };
  if (value.size() > kMaxReplacement) {
    return because(fmt::format("is replaced by more than {}; make it smaller", format_size(kMaxReplacement)));
  }
  if (value.size() > left_) return because("is one too many: all values together are too large; use fewer references");
  if (value.find('\0') != std::string::npos) return because("is replaced by a text with a NUL byte; remove it");
  if (!text::is_utf8(value)) return because("is replaced by bytes that are not UTF-8; save them as UTF-8");
  left_ -= value.size();
  return {};
}

std::string as_written(const Node& node, std::string message) {
  return node.secret ? untold(node) : conceal(node, std::move(message));
}

}  // namespace logsniffd::config

#include "daemon/app/host_check.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

#include "config/problems.hpp"
#include "daemon/format/record_template.hpp"

namespace logsniffd::app {
namespace {

using format::TemplateField;

// What a sender writes into its records.
constexpr auto kSenderFields =
    std::to_array<std::pair<TemplateField, std::string_view>>({{TemplateField::host, "host"},
                                                               {TemplateField::app, "app"},
                                                               {TemplateField::pid, "pid"},
                                                               {TemplateField::msgid, "msgid"},
                                                               {TemplateField::message, "message"},
                                                               {TemplateField::decoded, "field."}});

std::vector<std::string> sender_fields(const std::string& path) {
  std::vector<std::string> names;
  const auto parsed = format::RecordTemplate::parse(path);
  if (!parsed) return names;
  for (const format::TemplatePiece& piece : parsed->pieces()) {
    for (const auto& [field, name] : kSenderFields) {
      if (piece.field != field) continue;
      names.push_back(std::string(name) + (field == TemplateField::decoded ? piece.text : ""));
    }
  }
  return names;
}

// Whether the operator named the senders that are trusted, or the values.
bool bounds(const config::Filter& filter, const std::vector<std::string>& fields) {
  return !filter.networks.empty() || std::all_of(fields.begin(), fields.end(), [&](const std::string& field) {
    return std::any_of(filter.where.begin(), filter.where.end(), [&](const auto& test) { return test.field == field; });
  });
}

}  // namespace

config::Diagnostic host_warning(const config::Mark& mark, std::string key, std::string message) {
  const config::Mark place = mark.line == 0 ? config::Mark{1, 1} : mark;
  return {config::DiagnosticSeverity::warning, place, std::move(key), std::move(message)};
}

void check_file_names(const config::Config& config, config::Diagnostics& found) {
  for (const config::Sink& sink : config.sinks) {
    const auto* const file = std::get_if<config::FileTarget>(&sink.target);
    if (file == nullptr) continue;
    const std::vector<std::string> fields = sender_fields(file->path);
    for (const config::Filter& filter : config.filters) {
      if (std::find(filter.to.begin(), filter.to.end(), sink.name) == filter.to.end() || bounds(filter, fields))
        continue;
      found.push_back(host_warning(
          sink.mark, fmt::format("sinks.{}.path", sink.name),
          fmt::format("anyone who can send to filter {} makes as many files as they like, because {{{}}} is what the "
                      "sender says; name the senders with `networks` or the values with `where`, or use {{src.addr}}",
                      filter.name, fmt::join(fields, "} and {"))));
      break;
    }
  }
}

config::Diagnostics check_host(const config::Config& config, const Host& host) {
  config::Diagnostics found;
  check_capture(config, host, found);
  check_unit(config, host, found);
  check_feedback(config, host, found);
  check_file_names(config, found);
  config::sort_by_place(found);
  return found;
}

}  // namespace logsniffd::app

#include <absl/container/flat_hash_map.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/bounds.hpp"
#include "config/expression.hpp"
#include "config/keys.hpp"
#include "config/network.hpp"
#include "config/port_range.hpp"
#include "config/record_keys.hpp"
#include "config/sections.hpp"
#include "config/volume_keys.hpp"
#include "daemon/base/nearest.hpp"

namespace logsniffd::config {
namespace {

// A filter while it is read, and its context.
struct Draft {
  Filter filter;
  std::span<const std::string_view> sinks;
  absl::flat_hash_map<std::string, Mark>& marks_by_name;
};

void read_name(const Value& value, Draft& draft) {
  const auto name = value.text();
  if (!name) return;
  draft.filter.name = *name;
  if (const Status valid = check_name(*name); !valid) return value.fail(valid.error().message());
  const auto [seen, added] = draft.marks_by_name.emplace(draft.filter.name, value.key_mark());
  if (!added) {
    value.fail(fmt::format("{} is already the name of the filter {}; rename one of them", quoted(draft.filter.name),
                           where(seen->second, value.key_mark())));
  }
}

// A port is a number, so quotes around it are a mistake. A range is not a number in YAML, and may have quotes.
void read_port_item(const Value& value, bool range_allowed, Draft& draft) {
  const auto text = value.text();
  if (!text) return;
  const auto range = parse_port_range(*text);
  if (!range) return value.fail(range.error().message());
  const bool is_range = text->find('-') != std::string::npos;
  if (is_range && !range_allowed) return value.fail(fmt::format("{0} is a range; use ports: [{0}]", *text));
  if (!is_range && !value.is_plain(*text)) {
    return value.fail(fmt::format("{} is text; write the port without quotes", quoted(*text)));
  }
  draft.filter.ports.push_back(*range);
}

void read_port(const Value& value, Draft& draft) { read_port_item(value, false, draft); }

void read_ports(const Value& value, Draft& draft) {
  for (const Value& item : value.items()) read_port_item(item, true, draft);
  if (value.is_empty() && !value.is_null())
    value.fail("lists no ports; list at least one, or remove the key for all ports");
}

void read_protocol(const Value& value, Draft& draft) { value.read_choice(filter::kTransports, draft.filter.transport); }

void read_direction(const Value& value, Draft& draft) {
  value.read_choice(filter::kDirections, draft.filter.direction);
}

void read_networks(const Value& value, Draft& draft) {
  for (const Value& item : value.items()) {
    const auto text = item.text();
    if (!text) continue;
    if (const auto network = parse_network(*text)) {
      draft.filter.networks.push_back(*network);
    } else {
      item.fail(network.error().message());
    }
  }
}

void read_expressions(const Value& value, std::vector<std::string>& expressions) {
  for (const Value& item : value.items()) {
    const auto text = item.text();
    if (!text) continue;
    if (const Status valid = check_expression(*text); !valid) item.fail(valid.error().message());
    expressions.push_back(*text);
  }
}

void read_where(const Value& value, Draft& draft) {
  for (const Value& test : value.members()) {
    if (const Status known = filter::check_field_name(test.name()); !known) test.fail_key(known.error().message());
    const auto text = test.text();
    if (!text) continue;
    if (text->empty()) {
      test.fail("is empty, so no record would pass; give it an expression, or remove the key");
    } else if (const Status valid =
                   text->size() > kMaxExpression ? check_expression(*text) : filter::check_field_test(*text);
               !valid) {
      test.fail(valid.error().message());
    }
    draft.filter.where.push_back({std::string(test.name()), *text});
  }
}

void read_severity(const Value& value, Draft& draft) {
  if (const auto found = value.choice(record::kSeverityNames)) {
    draft.filter.severity = static_cast<record::Severity>(*found);
  }
}

void read_pattern(const Value& value, filter::RedactRule& rule) {
  const auto text = value.text();
  if (!text) return;
  if (const Status valid = check_expression(*text); !valid) return value.fail(valid.error().message());
  if (const auto alone = filter::Redaction::compile({{*text, ""}}); !alone) return value.fail(alone.error().message());
  rule.pattern = *text;
}

constexpr std::array<Key<filter::RedactRule>, 2> kRedactKeys{{
    {"pattern", read_pattern},
    {"with", [](const Value& value, filter::RedactRule& rule) { rule.with = value.text().value_or(rule.with); }},
}};

void read_redact(const Value& value, Draft& draft) {
  for (const Value& item : value.items()) {
    filter::RedactRule& rule = draft.filter.redact.emplace_back();
    read_keys(item, kRedactKeys, rule);
    if (!item.is_mapping() && !item.is_null()) continue;
    if (!item.find("pattern")) {
      item.fail_missing("pattern", "is missing; give an RE2 expression for what must not be seen");
    }
    const auto with = item.find("with");
    if (!with || rule.pattern.empty()) continue;
    // The pattern compiles alone, so what is wrong now is the text that refers to its groups.
    if (const auto compiled = filter::Redaction::compile({rule}); !compiled) with->fail(compiled.error().message());
  }
}

void read_to(const Value& value, Draft& draft) {
  if (!value.is_null() && value.is_empty()) return value.fail("lists no sinks; list at least one");
  for (const Value& item : value.items()) {
    const auto name = item.text();
    if (!name) continue;
    std::vector<std::string>& to = draft.filter.to;
    if (std::find(to.begin(), to.end(), *name) != to.end()) {
      item.fail(quoted(*name) + " is listed twice; remove one of them");
      continue;
    }
    to.push_back(*name);
    if (std::find(draft.sinks.begin(), draft.sinks.end(), *name) != draft.sinks.end()) continue;
    const std::string hint = did_you_mean(*name, draft.sinks);
    item.fail(quoted(*name) + " is not a sink" + (hint.empty() ? "; define it under sinks" : hint));
  }
}

constexpr std::array<Key<Draft>, 19> kKeys{{
    {"name", read_name},
    {"port", read_port},
    {"ports", read_ports},
    {"protocol", read_protocol},
    {"direction", read_direction},
    {"networks", read_networks},
    {"framing", [](const Value& value, Draft& draft) { read_framing(value, draft.filter.framing); }},
    {"multiline", [](const Value& value, Draft& draft) { read_multiline(value, draft.filter.multiline); }},
    {"decode", [](const Value& value, Draft& draft) { value.read_choice(record::kDecodes, draft.filter.decode); }},
    {"where", read_where},
    {"match", [](const Value& value, Draft& draft) { read_expressions(value, draft.filter.match); }},
    {"exclude", [](const Value& value, Draft& draft) { read_expressions(value, draft.filter.exclude); }},
    {"severity", read_severity},
    {"redact", read_redact},
    {"sample", [](const Value& value, Draft& draft) { read_sample(value, draft.filter.volume); }},
    {"repeat", [](const Value& value, Draft& draft) { read_repeat(value, draft.filter.volume); }},
    {"rate", [](const Value& value, Draft& draft) { read_rate(value, draft.filter.volume); }},
    {"final", [](const Value& value, Draft& draft) { value.read_bool(draft.filter.final); }},
    {"to", read_to},
}};

void note_refusing_keys(const Value& value, Filter& filter) {
  for (const auto& [key, verdict] : filter::kRefusingKeys) {
    if (const auto found = value.find(key))
      filter.refusing_marks[static_cast<std::size_t>(verdict)] = found->key_mark();
  }
}

// Checks what no key shows alone.
void check_together(const Value& value, const Filter& filter) {
  const auto port = value.find("port");
  const auto ports = value.find("ports");
  if (port && ports) ports->fail_key("port and ports are both given; list all of them under ports");
  if (!value.find("name")) value.fail_missing("name", "is missing; give the filter a name");
  if (!value.find("to")) value.fail_missing("to", "is missing; list the sinks that the records go to");
  if (!port && !ports && filter.direction != filter::Direction::both) {
    value.find("direction")
        ->warn("is ignored, because it has no meaning without a port; give the filter a port, or remove the key");
  }
}

}  // namespace

void read_filters(const Value& value, std::span<const std::string_view> sinks, std::vector<Filter>& filters) {
  absl::flat_hash_map<std::string, Mark> marks_by_name;
  for (const Value& item : value.items()) {
    if (filters.size() == kMaxFilters)
      return item.fail(fmt::format("there are more than {} filters; remove some", kMaxFilters));
    Draft draft{{}, sinks, marks_by_name};
    draft.filter.mark = item.key_mark();
    if (item.is_null()) {
      item.fail("is empty; give it a name, a port and sinks, or remove it");
    } else if (item.is_mapping()) {
      read_keys(item, kKeys, draft);
      note_refusing_keys(item, draft.filter);
      check_together(item, draft.filter);
    } else {
      item.fail("this should be a mapping, such as {name: app, port: 9988, to: [journal]}");
    }
    filters.push_back(std::move(draft.filter));
  }
}

}  // namespace logsniffd::config

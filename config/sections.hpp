// The sections of the file, one function and one file each: from a Value to the plain structs of model.hpp. Every
// problem is reported through the value. A setting that cannot be read keeps its default.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "config/model.hpp"
#include "config/value.hpp"
#include "daemon/base/error.hpp"

namespace logsniffd::config {

void read_capture(const Value& value, Capture& capture);
void read_limits(const Value& value, Limits& limits);
// `sinks` are the names that `to` may use.
void read_filters(const Value& value, std::span<const std::string_view> sinks, std::vector<Filter>& filters);
void read_sinks(const Value& value, std::vector<Sink>& sinks);
void read_daemon(const Value& value, Daemon& daemon);

// Checks a name of a filter or sink. Names end up in paths, metrics and status lines.
[[nodiscard]] Status check_name(std::string_view name);

}  // namespace logsniffd::config

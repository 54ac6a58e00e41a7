#include "config/loader.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "config/conflicts.hpp"
#include "config/keys.hpp"
#include "config/sections.hpp"
#include "config/tree.hpp"
#include "daemon/base/unique_fd.hpp"

namespace logsniffd::config {
namespace {

// The whole file while it is read. Filters may come before sinks, and have to know their names.
struct Draft {
  Config& config;
  std::vector<std::string_view> sink_names;
};

constexpr std::array<Key<Draft>, 6> kKeys{{
    {"capture", [](const Value& value, Draft& draft) { read_capture(value, draft.config.capture); }},
    {"limits", [](const Value& value, Draft& draft) { read_limits(value, draft.config.limits); }},
    {"filters",
     [](const Value& value, Draft& draft) {
       if (!value.is_null()) read_filters(value, draft.sink_names, draft.config.filters);
     }},
    {"sinks", [](const Value& value, Draft& draft) { read_sinks(value, draft.config.sinks); }},
    {"include", [](const Value&, Draft&) {}},  // read_tree() did it
    {"daemon", [](const Value& value, Draft& draft) { read_daemon(value, draft.config.daemon); }},
}};

bool is_used(const Sink& sink, const std::vector<Filter>& filters) {
  return std::any_of(filters.begin(), filters.end(), [&](const Filter& filter) {
    return std::find(filter.to.begin(), filter.to.end(), sink.name) != filter.to.end();
  });
}

void read_file(const Value& root, Problems& problems, Config& config) {
  Draft draft{config, {}};
  const auto sinks = root.find("sinks");
  if (sinks) draft.sink_names = sinks->keys();
  read_keys(root, kKeys, draft);

  const auto filters = root.find("filters");
  if (!filters || filters->is_empty()) {
    problems.error((filters ? *filters : root).key_mark(), "filters",
                   "there is no filter, so nothing would be collected; add one");
  }
  for (const Sink& sink : config.sinks) {
    if (is_used(sink, config.filters)) continue;
    problems.warning(sink.mark, "sinks." + sink.name,
                     "no filter writes to this sink; list it in the 'to' of a filter, or remove it");
  }
  if (!problems.has_error()) warn_of_conflicts(config, problems);
}

Expected<std::string> read_text(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) {
    const int error = errno;
    return fail(Error::usage(path + ": " + std::generic_category().message(error) +
                             (error == ENOENT ? "; create it, or name another file with --config"
                                              : "; make it readable by the user that runs logsniffd")));
  }
  auto text = read_up_to(fd.get(), kMaxText);  // load() refuses more
  if (text) return text;
  return fail(Error::usage(path + ": " + text.error().message() + "; name a regular file with --config"));
}

}  // namespace

bool LoadResult::ok() const {
  return std::none_of(problems.begin(), problems.end(),
                      [](const Diagnostic& d) { return d.severity == DiagnosticSeverity::error; });
}

LoadResult load(std::string_view yaml, const std::string& path, const Sources& sources) {
  LoadResult result;
  Problems problems;
  if (const auto root = read_tree(yaml, path, sources, problems)) {
    read_file(Value(*root, problems), problems, result.config);
  }
  result.problems = std::move(problems).in_file_order();
  return result;
}

Expected<LoadResult> load_file(const std::string& path) {
  auto text = read_text(path);
  if (!text) return fail(std::move(text.error()));
  return load(*text, path, HostSources());
}

}  // namespace logsniffd::config

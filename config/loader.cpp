#include "config/loader.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "config/bounds.hpp"
#include "config/conflicts.hpp"
#include "config/document.hpp"
#include "config/keys.hpp"
#include "config/sections.hpp"
#include "daemon/base/quantity.hpp"
#include "daemon/base/unique_fd.hpp"

namespace logsniffd::config {
namespace {

constexpr std::size_t kMaxText = 4 * kMiB;

// The whole file while it is read. Filters may come before sinks, and have to know their names.
struct Draft {
  Config& config;
  std::vector<std::string_view> sink_names;
};

constexpr std::array<Key<Draft>, 5> kKeys{{
    {"capture", [](const Value& value, Draft& draft) { read_capture(value, draft.config.capture); }},
    {"limits", [](const Value& value, Draft& draft) { read_limits(value, draft.config.limits); }},
    {"filters",
     [](const Value& value, Draft& draft) {
       if (!value.is_null()) read_filters(value, draft.sink_names, draft.config.filters);
     }},
    {"sinks", [](const Value& value, Draft& draft) { read_sinks(value, draft.config.sinks); }},
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

// yaml-cpp converts UTF-16 and UTF-32 silently, and replaces what it cannot convert by other characters. A byte order
// mark shows the encoding of a text. Without one an ASCII character at the front shows it, because YAML has no NUL.
std::string_view other_encoding(std::string_view text) {
  using namespace std::string_view_literals;
  struct Encoding {
    std::string_view mark;
    std::string_view name;
  };
  constexpr std::array kMarks{Encoding{"\xFF\xFE\0\0"sv, "UTF-32"}, Encoding{"\0\0\xFE\xFF"sv, "UTF-32"},
                              Encoding{"\xFF\xFE"sv, "UTF-16"}, Encoding{"\xFE\xFF"sv, "UTF-16"}};
  for (const Encoding& encoding : kMarks) {
    if (text.starts_with(encoding.mark)) return encoding.name;
  }
  if (text.size() < 4) return {};
  const auto is_nul = [text](std::size_t i) { return text[i] == '\0'; };
  if (is_nul(0) && is_nul(1) && is_nul(2) && !is_nul(3)) return "UTF-32";
  if (!is_nul(0) && is_nul(1) && is_nul(2) && is_nul(3)) return "UTF-32";
  const bool alternates = is_nul(0) != is_nul(1) && is_nul(0) == is_nul(2) && is_nul(1) == is_nul(3);
  return alternates ? "UTF-16" : "";
}

std::string reason(int errno_value) { return std::generic_category().message(errno_value); }

// Reads at most one chunk more than is allowed, which is enough for load() to refuse the text.
Expected<std::string> read_text(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) {
    const int error = errno;
    return fail(Error::usage(path + ": " + reason(error) +
                             (error == ENOENT ? "; create it, or name another file with --config"
                                              : "; make it readable by the user that runs logsniffd")));
  }
  std::string text;
  std::array<char, 65536> chunk{};
  while (text.size() <= kMaxText) {
    const ssize_t got = ::read(fd.get(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(Error::usage(path + ": " + reason(errno) + "; name a regular file with --config"));
    if (got == 0) break;
    text.append(chunk.data(), static_cast<std::size_t>(got));
  }
  return text;
}

}  // namespace

bool LoadResult::ok() const {
  return std::none_of(problems.begin(), problems.end(),
                      [](const Diagnostic& d) { return d.severity == DiagnosticSeverity::error; });
}

LoadResult load(std::string_view yaml) {
  LoadResult result;
  Problems problems;
  if (yaml.size() > kMaxText) {
    problems.error({1, 1}, "", "the file is larger than " + format_size(kMaxText) + "; make it smaller");
  } else if (const std::string_view encoding = other_encoding(yaml); !encoding.empty()) {
    problems.error({1, 1}, "", "the file is encoded in " + std::string(encoding) + "; save it as UTF-8");
  } else if (const auto root = parse_document(yaml, problems)) {
    read_file(Value(*root, problems), problems, result.config);
  }
  result.problems = std::move(problems).in_file_order();
  return result;
}

Expected<LoadResult> load_file(const std::string& path) {
  auto text = read_text(path);
  if (!text) return fail(std::move(text.error()));
  return load(*text);
}

}  // namespace logsniffd::config

#include "config/tree.hpp"

#include <absl/container/flat_hash_map.h>
#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "config/document.hpp"
#include "config/substitution.hpp"
#include "config/value.hpp"
#include "daemon/base/quantity.hpp"

namespace logsniffd::config {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kInclude = "include";
constexpr const char* kGlobCharacters = "*?[";

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

std::string_view kind_word(Node::Kind kind) {
  constexpr std::array<std::string_view, 4> kWords{"nothing", "a single value", "a list", "a mapping"};
  return kWords[static_cast<std::size_t>(kind)];
}

class TreeReader {
 public:
  TreeReader(std::string main, const Sources& sources, Problems& problems)
      : main_(std::move(main)), sources_(sources), problems_(problems), substitution_(sources, kMaxText) {}

  std::optional<Node> read(std::string_view yaml) {
    std::optional<Node> root = read_text(yaml, main_.empty() ? nullptr : file(main_));
    if (!root) return std::nullopt;
    whole_ = std::move(*root);
    for (std::size_t i = 0; i < whole_.entries.size(); ++i) sections_.emplace(whole_.entries[i].key, i);
    const auto include = Value(whole_, problems_).find(kInclude);
    if (include && !read_include(*include)) return std::nullopt;
    return std::move(whole_);
  }

 private:
  std::shared_ptr<const SourceFile> file(std::string path) {
    return std::make_shared<SourceFile>(SourceFile{std::move(path), files_++});
  }

  std::optional<Node> read_text(std::string_view yaml, const std::shared_ptr<const SourceFile>& file) {
    const Mark start{1, 1, file};
    if (yaml.size() > kMaxText - bytes_) {
      problems_.error(start, "",
                      fmt::format("the file is larger than {}{}; make it smaller", format_size(kMaxText),
                                  bytes_ > 0 ? " together with the files before it" : ""));
      return std::nullopt;
    }
    bytes_ += yaml.size();
    if (const std::string_view encoding = other_encoding(yaml); !encoding.empty()) {
      problems_.error(start, "", fmt::format("the file is encoded in {}; save it as UTF-8", encoding));
      return std::nullopt;
    }
    std::optional<Node> root = parse_document(yaml, file, nodes_, problems_);
    if (root) substitution_.replace_references(*root);
    return root;
  }

  // A pattern, or a list of patterns. False if a file is missing, and with it sections that others may need.
  bool read_include(const Value& include) {
    if (include.is_empty() && !include.is_null()) return true;
    if (!include.is_list()) return read_pattern(include);
    bool good = true;
    for (const Value& pattern : include.items()) good = read_pattern(pattern) && good;
    return good;
  }

  bool read_pattern(const Value& pattern) {
    const auto text = pattern.text();
    if (!text) return false;
    std::vector<std::string> paths;
    if (std::string fault = find_files(*text, paths); !fault.empty()) {
      pattern.fail(std::move(fault));
      return false;
    }
    bool good = true;
    for (const std::string& path : paths) {
      if (!included_.insert(fs::path(path).lexically_normal()).second) continue;  // an earlier pattern named it
      if (included_.size() > kMaxIncluded) {
        pattern.fail(fmt::format("includes more than {} files; join some of them", kMaxIncluded));
        return false;
      }
      good = read_included(pattern, path) && good;
    }
    return good;
  }

  // Adds the files that the pattern names, in the byte order of their names. Returns what is wrong, or nothing.
  std::string find_files(std::string_view text, std::vector<std::string>& paths) const {
    const fs::path pattern = fs::path(main_).parent_path() / text;
    const std::string name = pattern.filename();
    const std::size_t glob = text.find_first_of(kGlobCharacters);
    if (name.empty() || name == "." || name == "..") {
      return quoted(text) + " does not name a file; use a name or a glob, such as /etc/logsniffd.d/*.yaml";
    }
    if (glob == std::string::npos) {
      paths.push_back(pattern);
    } else if (text.find('/', glob) != std::string::npos) {
      return quoted(text) + " has a glob in the name of a folder; use globs only after the last '/'";
    } else {
      const std::string folder = pattern.has_parent_path() ? pattern.parent_path() : ".";
      auto names = sources_.names_in(folder);
      if (!names) {
        return fmt::format("cannot list the folder {}: {}; let the user that runs logsniffd read it", folder,
                           names.error().message());
      }
      std::sort(names->begin(), names->end());
      for (const std::string& found : *names) {
        if (::fnmatch(name.c_str(), found.c_str(), FNM_PERIOD) == 0) paths.push_back(pattern.parent_path() / found);
      }
    }
    const auto is_main = [main = fs::path(main_).lexically_normal()](const std::string& path) {
      return fs::path(path).lexically_normal() == main;
    };
    if (std::none_of(paths.begin(), paths.end(), is_main)) return {};
    return quoted(text) + " is also the name of this file; use a folder of its own, such as /etc/logsniffd.d/*.yaml";
  }

  bool read_included(const Value& pattern, const std::string& path) {
    const auto text = sources_.read(path, kMaxText);
    if (!text) {
      problems_.error(pattern.key_mark(), pattern.path(),
                      fmt::format("cannot read {}: {}; it has to be a file that the user that runs logsniffd can read",
                                  path, text.error().message()));
      return false;
    }
    std::optional<Node> root = read_text(*text, file(path));
    if (!root) return false;
    static_cast<void>(Value(*root, problems_).members());  // reports duplicate keys, and a root that is not a mapping
    if (root->kind != Node::Kind::mapping) return root->kind == Node::Kind::null;
    for (Entry& entry : root->entries) {
      if (entry.key == kInclude) {
        problems_.error(entry.mark, std::string(kInclude),
                        "an included file cannot include others; list them in " + main_);
      } else {
        add_section(std::move(entry));
      }
    }
    return true;
  }

  void add_section(Entry entry) {
    const auto [section, added] = sections_.emplace(entry.key, whole_.entries.size());
    if (added) return whole_.entries.push_back(std::move(entry));
    Entry& before = whole_.entries[section->second];
    Node& node = before.value;
    if (before.mark.file == entry.mark.file || entry.value.kind == Node::Kind::null) return;  // the first was reported
    if (node.kind == Node::Kind::null) {
      before = std::move(entry);
    } else if (node.kind != entry.value.kind) {
      problems_.error(entry.mark, entry.key,
                      fmt::format("is {} here, but {} {}; write both in the same way", kind_word(entry.value.kind),
                                  kind_word(node.kind), where(before.mark, entry.mark)));
    } else if (node.kind == Node::Kind::scalar) {
      problems_.error(entry.mark, entry.key,
                      fmt::format("duplicate key, first {}; remove one of them", where(before.mark, entry.mark)));
    } else {
      std::move(entry.value.items.begin(), entry.value.items.end(), std::back_inserter(node.items));
      std::move(entry.value.entries.begin(), entry.value.entries.end(), std::back_inserter(node.entries));
    }
  }

  const std::string main_;
  const Sources& sources_;
  Problems& problems_;
  Substitution substitution_;
  Node whole_;
  absl::flat_hash_map<std::string, std::size_t> sections_;  // by key, where it is in whole_
  std::set<std::string> included_;
  int files_ = 0;
  std::size_t bytes_ = 0;
  std::size_t nodes_ = 0;
};

}  // namespace

std::optional<Node> read_tree(std::string_view yaml, const std::string& path, const Sources& sources,
                              Problems& problems) {
  return TreeReader(path, sources, problems).read(yaml);
}

}  // namespace logsniffd::config

// The templated path of a file sink, and its confinement: whatever a record contains, the path stays below the fixed
// directory that precedes the first field, and has as many components as the template.
//
// A value becomes part of one component: '/' and leading dots become '_' each, an empty value becomes "_", control
// characters and bytes that are not UTF-8 are escaped as in text, and a component is cut at 255 bytes (NAME_MAX).
// Different values can therefore share a file. If values make a file name that is exactly the name of a rotated file,
// it ends with '_' instead: no sender writes into an archive, or makes its files look like one (rotated_name.hpp).
//
// THREAD  expand() on one thread at a time.
#pragma once

#include <string>
#include <string_view>

#include "daemon/format/record_template.hpp"

namespace logsniffd::sink::file {

class PathTemplate {
 public:
  static constexpr std::size_t kMaxComponent = 255;

  // Fails (usage) if the path is not absolute, names no file, or has a "." or ".." after the fixed directory. The file
  // name is cut at `longest_name` bytes; a longer constant name is refused.
  static Expected<PathTemplate> parse(std::string_view path, std::size_t longest_name = kMaxComponent);

  // The fixed directory: "/var/log" of "/var/log/{host}/a.log" and of "/var/log/a.log".
  [[nodiscard]] const std::string& directory() const { return directory_; }
  // Appends the path below directory() for this record.
  void expand(const record::LogRecord& record, std::string_view filter, std::string& out);
  // True if there is no field: one path for every record.
  [[nodiscard]] bool is_constant() const { return !below_.has_fields(); }

 private:
  PathTemplate(std::string directory, format::RecordTemplate below, std::size_t longest_name)
      : directory_(std::move(directory)), below_(std::move(below)), longest_name_(longest_name) {}

  std::string directory_;
  format::RecordTemplate below_;
  std::size_t longest_name_;
  std::string value_;
};

}  // namespace logsniffd::sink::file

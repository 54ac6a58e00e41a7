// The key `where`: what named values of a record must be.
//
//   {host: 'web.*', field.status: '>=500'}
//
// A test is an RE2 expression for the whole value, or a comparison (< <= > >=) with a number. A record that has no such
// value fails the test. If a record has several values of one name, one that passes is enough.
//
// THREAD  immutable after compile(); any.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/error.hpp"
#include "daemon/record/log_record.hpp"

namespace logsniffd::filter {

// As the configuration writes it.
struct FieldTest {
  std::string field;  // host, app, pid, msgid, severity, interface, or field.NAME
  std::string test;
};

// Fail (usage) with what is wrong with the name of the field, or with the test.
[[nodiscard]] Status check_field_name(std::string_view field);
[[nodiscard]] Status check_field_test(std::string_view test);

class FieldTests {
 public:
  // Fails (usage) with the name of the field and what is wrong.
  static Expected<FieldTests> compile(const std::vector<FieldTest>& tests);

  FieldTests();
  FieldTests(FieldTests&&) noexcept;
  FieldTests& operator=(FieldTests&&) noexcept;
  ~FieldTests();

  // Whether the record passes all of them.
  [[nodiscard]] bool hold(const record::LogRecord& record) const;

 private:
  struct Compiled;
  std::vector<Compiled> tests_;
};

}  // namespace logsniffd::filter

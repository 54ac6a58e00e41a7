#include "daemon/record/record_copy.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace logsniffd::record {
namespace {

// Makes a record whose text is gone afterwards.
void assign_from_temporary(RecordCopy& copy, const std::string& message) {
  std::array<std::string, 7> text{"eth0", "web-1", "nginx", "17", "M1", "user", "alice"};
  const std::array<Field, 1> fields{{{text[5], text[6]}}};
  std::string body = message;
  LogRecord record;
  record.interface = text[0];
  record.host = text[1];
  record.app = text[2];
  record.pid = text[3];
  record.msgid = text[4];
  record.message = body;
  record.fields = fields;
  record.severity = Severity::err;
  copy.assign(record);
  for (std::string& gone : text) gone.assign(gone.size(), '#');
  body.assign(body.size(), '#');
}

void expect_whole(const LogRecord& record, const std::string& message) {
  EXPECT_EQ(record.interface, "eth0");
  EXPECT_EQ(record.host, "web-1");
  EXPECT_EQ(record.app, "nginx");
  EXPECT_EQ(record.pid, "17");
  EXPECT_EQ(record.msgid, "M1");
  EXPECT_EQ(record.message, message);
  ASSERT_EQ(record.fields.size(), 1U);
  EXPECT_EQ(record.fields[0].name, "user");
  EXPECT_EQ(record.fields[0].value, "alice");
  EXPECT_EQ(record.severity, Severity::err);
}

TEST(RecordCopy, OwnsItsText) {
  RecordCopy copy;
  for (const std::size_t size : {0U, 5U, 100000U, 5U}) {
    const std::string message(size, 'm');
    assign_from_temporary(copy, message);
    expect_whole(copy.record(), message);
    EXPECT_GE(copy.memory_bytes(), size);
  }
}

}  // namespace
}  // namespace logsniffd::record

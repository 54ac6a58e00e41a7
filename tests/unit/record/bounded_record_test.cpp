#include "daemon/record/bounded_record.hpp"

#include <gtest/gtest.h>

#include <string>

namespace logsniffd::record {
namespace {

class BoundedRecord : public testing::Test {
 protected:
  bool bound(std::size_t limit, std::string message, std::vector<Field> fields) {
    message_ = std::move(message);
    fields_ = std::move(fields);
    record_.message = message_;
    record_.fields = fields_;
    const bool cut = bound_record(limit, record_, fields_);
    std::size_t bytes = record_.message.size();
    for (const Field& field : record_.fields) bytes += field.name.size() + field.value.size();
    EXPECT_LE(bytes, limit);
    EXPECT_EQ(record_.fields.size(), fields_.size());
    return cut;
  }

  std::string message_;
  std::vector<Field> fields_;
  LogRecord record_;
  const std::string long_ = std::string(80, 'v');
};

TEST_F(BoundedRecord, WithinTheLimit_IsNotTouched) {
  EXPECT_FALSE(bound(100, std::string(90, 'm'), {{"name", "value!"}}));
  EXPECT_EQ(record_.message, message_);
  EXPECT_EQ(record_.fields[0].value, "value!");
  EXPECT_FALSE(bound(0, "", {}));
}

TEST_F(BoundedRecord, LongMessage_LeavesSmallFieldsAQuarter) {
  EXPECT_TRUE(bound(100, std::string(101, 'm'), {{"name", "value!"}, {"b", "14 more bytes."}, {"c", ""}}));
  EXPECT_EQ(record_.fields.size(), 2U);
  EXPECT_EQ(record_.message, std::string(75, 'm'));
}

TEST_F(BoundedRecord, LongValue_IsCutAndThoseBehindItGo) {
  EXPECT_TRUE(bound(100, "message", {{"a", "1"}, {"long", long_}, {"b", long_}, {"c", "1"}}));
  ASSERT_EQ(record_.fields.size(), 3U);
  EXPECT_EQ(record_.fields[1].value, long_);
  EXPECT_EQ(record_.fields[2].value, std::string(6, 'v'));
  EXPECT_EQ(record_.message, "message");
}

TEST_F(BoundedRecord, ShortValueWithoutRoom_IsNotCut) {
  EXPECT_TRUE(bound(100, std::string(95, 'm'), {{"a", "0123456789012345678901234567890"}}));
  EXPECT_TRUE(record_.fields.empty());
  EXPECT_EQ(record_.message, std::string(95, 'm'));
}

TEST_F(BoundedRecord, CharacterAtTheLimit_IsNotTorn) {
  EXPECT_TRUE(bound(10, "123456789\xe2\x82\xac", {}));
  EXPECT_EQ(record_.message, "123456789");
  const std::string value = long_ + "12345678\xe2\x82\xac";
  EXPECT_TRUE(bound(90, "", {{"n", value}}));
  ASSERT_EQ(record_.fields.size(), 1U);
  EXPECT_EQ(record_.fields[0].value, long_ + "12345678");
}

}  // namespace
}  // namespace logsniffd::record

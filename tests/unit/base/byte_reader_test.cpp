#include "daemon/base/byte_reader.hpp"

#include <gtest/gtest.h>

#include <array>

namespace logsniffd {
namespace {

constexpr std::array<std::uint8_t, 7> kSeven{1, 2, 3, 4, 5, 6, 7};

TEST(ByteReader, BigEndianFields_ReadInOrder) {
  ByteReader reader{Bytes(kSeven)};
  EXPECT_EQ(reader.u8(), 0x01);
  EXPECT_EQ(reader.u16be(), 0x0203);
  EXPECT_EQ(reader.u32be(), 0x04050607U);
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(reader.remaining(), 0U);
}

TEST(ByteReader, LittleEndianFields_AreSwapped) {
  ByteReader reader{Bytes(kSeven)};
  EXPECT_EQ(reader.u16(std::endian::little), 0x0201);
  EXPECT_EQ(reader.u32(std::endian::little), 0x06050403U);
  EXPECT_TRUE(reader.ok());
}

TEST(ByteReader, ReadBeyondEnd_YieldsZeroAndFails) {
  ByteReader reader{Bytes(kSeven).first(3)};
  EXPECT_EQ(reader.u32be(), 0U);
  EXPECT_FALSE(reader.ok());
}

TEST(ByteReader, AfterFailure_EvenSmallReadsFail) {
  ByteReader reader{Bytes(kSeven).first(3)};
  reader.skip(4);
  EXPECT_EQ(reader.u8(), 0);
  EXPECT_TRUE(reader.take(0).empty());
  EXPECT_TRUE(reader.rest().empty());
  EXPECT_EQ(reader.remaining(), 0U);
  EXPECT_FALSE(reader.ok());
}

TEST(ByteReader, TakeAll_LeavesNothingAndStaysOk) {
  ByteReader reader{Bytes(kSeven)};
  const Bytes taken = reader.take(kSeven.size());
  EXPECT_EQ(taken.data(), kSeven.data());
  EXPECT_EQ(taken.size(), kSeven.size());
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(reader.remaining(), 0U);
}

TEST(ByteReader, HugeCount_FailsWithoutOverflow) {
  ByteReader reader{Bytes(kSeven)};
  reader.u8();
  EXPECT_TRUE(reader.take(~std::size_t{0}).empty());
  EXPECT_FALSE(reader.ok());
}

TEST(ByteReader, EmptyInput_IsOkUntilRead) {
  ByteReader reader{Bytes{}};
  EXPECT_TRUE(reader.ok());
  EXPECT_TRUE(reader.take(0).empty());
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(reader.u8(), 0);
  EXPECT_FALSE(reader.ok());
}

}  // namespace
}  // namespace logsniffd

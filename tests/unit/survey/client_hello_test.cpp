// The name in a ClientHello, whole and cut at every byte.
#include "daemon/survey/client_hello.hpp"

#include <gtest/gtest.h>

#include <string>

namespace logsniffd::survey {
namespace {

std::string u16(std::size_t value) { return {static_cast<char>(value >> 8), static_cast<char>(value & 0xff)}; }
std::string extension(std::size_t type, const std::string& data) { return u16(type) + u16(data.size()) + data; }
std::string name_extension(const std::string& name) {
  const std::string entry = std::string(1, '\0') + u16(name.size()) + name;
  return extension(0, u16(entry.size()) + entry);
}

// A ClientHello with these extensions, in a record.
std::string hello(const std::string& extensions) {
  std::string body = "\x03\x03" + std::string(32, 'r') + '\x04' + "sess" + u16(4) + "ciph" +
                     std::string("\x01\x00", 2) + u16(extensions.size()) + extensions;
  std::string message = std::string("\x01\x00", 2) + u16(body.size()) + body;
  return "\x16\x03\x01" + u16(message.size()) + message;
}

std::string_view name_in(const std::string& bytes) { return server_name(as_bytes(bytes)); }

TEST(ServerName, Extension_IsFoundAmongOthers) {
  EXPECT_EQ(name_in(hello(extension(43, "xyz") + name_extension("logs.example") + extension(5, "abc"))),
            "logs.example");
}

TEST(ServerName, NoExtension_IsNothing) {
  EXPECT_EQ(name_in(hello("")), "");
  EXPECT_EQ(name_in(hello(extension(43, "xyz"))), "");
}

TEST(ServerName, OtherRecordOrMessage_IsNothing) {
  std::string bytes = hello(name_extension("logs.example"));
  bytes[0] = 23;
  EXPECT_EQ(name_in(bytes), "");
  bytes = hello(name_extension("logs.example"));
  bytes[5] = 2;
  EXPECT_EQ(name_in(bytes), "");
}

TEST(ServerName, CutAtEachByte_IsTheWholeNameOrNothing) {
  const std::string bytes = hello(name_extension("logs.example") + extension(5, "abc"));
  const std::size_t end = bytes.find("logs.example") + 12;
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    const std::string cut = bytes.substr(0, size);
    EXPECT_EQ(name_in(cut), size >= end ? "logs.example" : "") << size;
  }
}

}  // namespace
}  // namespace logsniffd::survey

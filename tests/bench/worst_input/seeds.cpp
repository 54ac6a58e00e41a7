#include "tests/bench/worst_input/seeds.hpp"

#include <cstdint>

namespace logsniffd::bench {
namespace {

using record::Decode;
using namespace std::string_view_literals;

// Returns `front`, `each` as often as it fits, and `back`.
std::string filled(std::size_t bytes, std::string_view front, std::string_view each, std::string_view back) {
  std::string text(front);
  while (text.size() + each.size() + back.size() <= bytes) text += each;
  return text.append(back);
}

std::string nested(std::size_t bytes, std::string_view open, std::string_view inside, std::string_view close,
                   std::size_t depth) {
  std::string front = "{\"a\":";
  std::string back = "}";
  for (std::size_t i = 0; i < depth; ++i) {
    front += open;
    back = std::string(close) + back;
  }
  return filled(bytes, front + std::string(inside), "," + std::string(inside), back);
}

std::vector<std::string> json_seeds(std::size_t bytes) {
  std::string names = "{\"" + std::string(240, 'n') + "\":{\"a\":1";
  for (int i = 0; i < 250; ++i) names += ",\"" + std::to_string(i) + "\":1";
  return {filled(bytes, "{\"message\":\"m\",\"a\":[1", ",1", "]}"),
          filled(bytes, "{\"a\":[[]", ",[]", "]}"),
          filled(bytes, "{\"a\":[{\"\":1}", ",{\"\":1}", "]}"),
          nested(bytes, "[", "[[[[1]]]]", "]", 20),
          filled(bytes, "{\"message\":\"", "\\u00e9", "\"}"),
          filled(bytes, "{\"message\":\"", "\\n", "\"}"),
          filled(bytes, "{\"message\":\"", "\xff", "\"}"),
          filled(bytes, "{\"message\":\"", "\xff\\n", "\"}"),
          filled(bytes, "{\"message\":\"\\ud800", "\\n", "\"}"),
          filled(bytes, "{\"a\":1", ",\"a\":null", "}"),
          filled(bytes, "{\"a\":1", ",\"t\":\"2026-09-21T14:11:18 \"", "}"),
          filled(bytes, "{\"a\":1", ",\"time\":\"Mon Sep 21 14:11:18 2026 x\"", "}"),
          filled(bytes, "{\"a\":1", ",\"MESSAGE\":[1,2]", "}"),
          filled(bytes, "{\"MESSAGE\":[1", ",1", "]}"),
          filled(bytes, "{\"a\":1", ",\"level\":\"x\"", "}"),
          names + "}}"};
}

std::vector<std::string> gelf_seeds(std::size_t bytes) {
  std::vector<std::string> seeds{filled(bytes, "{\"version\":\"1.1\",\"short_message\":\"", "x", "\"}"),
                                 filled(bytes, "{\"version\":\"1.1\",\"a\":\"", "\\\"", "\"}")};
  for (const std::string& seed : json_seeds(bytes)) seeds.push_back("{\"short_message\":\"m\"," + seed.substr(1));
  return seeds;
}

// Several sizes: beyond a certain ratio the text is cut off, below it is read.
std::vector<std::string> inflated_seeds(std::size_t bytes) {
  std::vector<std::string> seeds;
  for (const std::size_t ratio : {2U, 5U, 10U, 20U, 40U, 80U}) {
    for (std::string& seed : gelf_seeds(ratio * bytes)) seeds.push_back(std::move(seed));
  }
  return seeds;
}

std::string sized(char opcode, std::string_view text) {
  std::string made(1, opcode);
  for (unsigned shift = 0; shift < 32; shift += 8) made += static_cast<char>(text.size() >> shift & 0xff);
  return made.append(text);
}

// {"msg": conversion as often as it fits, "args": (value, value...)}
std::string formatted(std::size_t bytes, std::string_view conversion, std::string_view value) {
  const std::size_t count = bytes / (conversion.size() + 2) + 1;
  std::string msg;
  std::string args = "(" + std::string(value) + "q\x01";
  for (std::size_t i = 0; i < count; ++i) {
    msg += conversion;
    if (i > 0) args += "h\x01";
  }
  return "\x80\x02}(U\x03msg" + sized('X', msg) + "U\x04" + "args" + args + "tu.";
}

std::vector<std::string> python_seeds(std::size_t bytes) {
  const std::string wide = "\x8a\x40" + std::string(64, '\x7f');
  const std::string huge = "G\x7f\xef\xff\xff\xff\xff\xff\xff";  // a float of 309 digits
  const std::string text = sized('X', std::string(200, 'x'));
  const std::string marks = sized('X', filled(200, "", "\xf0\x9f\x98\x80", ""));
  const std::string list = filled(300, "](", "K\x01", "e");
  std::vector<std::string> seeds;
  for (const std::string_view conversion : {"%.0s", "%.1s", "%.2r", "%s", "%d", "%x", "%.9a"}) {
    for (const std::string& value : {wide, huge, text, marks, list}) {
      seeds.push_back(formatted(bytes, conversion, value));
    }
  }
  for (const std::string_view conversion : {"%f", "%.999f", "%#.999g", "%e"}) {
    seeds.push_back(formatted(bytes, conversion, huge));
    seeds.push_back(formatted(bytes, conversion, wide));
  }
  seeds.push_back(formatted(bytes, "%9999d", "K\x01"));
  seeds.push_back("\x80\x02}(U\x03msg" + sized('X', filled(bytes / 2, "", "%(x)s", "")) + "U\x04" + "args" +
                  filled(bytes / 2, "}(", "K\x01N", "U\x01xNu") + "u.");
  seeds.push_back(filled(bytes, "\x80\x02}(U\x03msg](", ")", "eu."));
  seeds.push_back(filled(bytes, "\x80\x02}(U\x03msgN", "r\xff\x1f\0\0"sv, "u."));
  seeds.push_back(filled(bytes, "\x80\x02}(U\x03msgNU\x01xN", "cx\ny\n0", "u."));
  seeds.push_back(filled(bytes, "\x80\x02}(U\x03msgV", "\\u00e9", "\nu."));
  seeds.push_back(filled(bytes, "\x80\x02}(U\x03msg](", "F1e308\n", "eu."));
  return seeds;
}

// Blocks of deflate that each bring a table with codes of 15 bits, and no byte.
std::string tables(std::size_t bytes) {
  std::string out = "\x78\x9c";
  std::size_t bit = 0;
  const auto put = [&](unsigned value, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i, ++bit) {
      if (bit % 8 == 0) out += '\0';
      if ((value >> i & 1) != 0) out.back() = static_cast<char>(static_cast<unsigned char>(out.back()) | 1U << bit % 8);
    }
  };
  // RFC 1951, 3.2.7: the code lengths 1 to 15 and 18 have 4 bits each, so their codes are numbered in the order
  // of the symbols.
  const auto code = [&](unsigned index) {
    unsigned reversed = 0;
    for (unsigned i = 0; i < 4; ++i) reversed |= (index >> i & 1) << (3 - i);
    put(reversed, 4);
  };
  while (out.size() < bytes) {
    put(0b100, 3);  // dynamic, not the last
    put(0, 5);
    put(0, 5);
    put(15, 4);
    for (const int symbol : {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}) {
      put(symbol == 16 || symbol == 17 || symbol == 0 ? 0 : 4, 3);
    }
    for (unsigned length = 1; length <= 14; ++length) code(length - 1);  // symbols 0 to 13
    code(14);                                                            // symbol 14: 15 bits
    code(15), put(138 - 11, 7);                                          // 138 zeros
    code(15), put(103 - 11, 7);                                          // up to symbol 255
    code(14);                                                            // symbol 256, the end: 15 bits
    code(0);                                                             // one distance of one bit
    put(0x7fff, 15);                                                     // the end
  }
  return out;
}

}  // namespace

std::vector<Target> targets(std::size_t bytes) {
  return {
      {"plain", Decode::automatic, {filled(bytes, "", "plain text ", "\xc3\xa9"), std::string(bytes, '\xff')}},
      {"syslog",
       Decode::automatic,
       {filled(bytes, "<14>Nov 27 12:00:00 host app[1]: ", "[", ""), filled(bytes, "<14>", "a: ", ""),
        filled(bytes, "<14>", "2026-01-01T00:00:00 ", ""), filled(bytes, "<14>1 - - - - - ", "[a b=\"\\\"\"]", " m"),
        filled(bytes, "<14>1 - - - - - [a", " b=\"\"", "] m"),
        filled(bytes, "<14>1 - - - - - [a b=\"", "\\\"", "\"]")}},
      {"cef",
       Decode::automatic,
       {filled(bytes, "CEF:0|a|b|c|d|e|5|", "k=v ", ""), filled(bytes, "CEF:0|a|b|c|d|e|5|k=", "\\=", ""),
        filled(bytes, "CEF:0|a|b|c|d|", "\\|", "|5|"), filled(bytes, "CEF:0|a|b|c|d|e|5|k=", " a", "")}},
      {"leef",
       Decode::automatic,
       {filled(bytes, "LEEF:2.0|a|b|c|d|^|", "k=v^", ""), filled(bytes, "LEEF:2.0|a|b|c|d|^|", " ^", "")}},
      {"json", Decode::json, json_seeds(bytes)},
      {"gelf", Decode::gelf, gelf_seeds(bytes)},
      {"gelf_inflated", Decode::gelf, inflated_seeds(bytes), true},
      {"gelf_deflated", Decode::gelf, {tables(bytes), filled(bytes, "\x1f\x8b\x08", "\0\xff\x02"sv, "")}},
      {"gelf_chunk",
       Decode::automatic,
       {filled(bytes, "\x1e\x0f\0\0\0\0\0\0\0\0\x05\x80"sv, "x", ""), std::string("\x1e\x0f\0\0\0\0\0\0\0\0\0\x01x"sv)},
       false,
       true},
      {"python", Decode::python, python_seeds(bytes)},
      {"netconsole",
       Decode::automatic,
       {filled(bytes, "6,416,1758426,-;", "\\x0a", ""), filled(bytes, "6,416,1758426,-;m\n", " A=b\n", ""),
        filled(bytes, "6,416,1758426,-", ",a=b", ";m"), filled(bytes, "6,416,1758426,-,ncfrag=0/33;", "m", "")}},
  };
}

}  // namespace logsniffd::bench

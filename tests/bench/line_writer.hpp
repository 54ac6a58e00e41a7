// Appends the lines of the benchmark captures: words, bare or as the message of a log protocol. The same random numbers
// give the same words in each form.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <utility>

namespace logsniffd::bench {

enum class LineForm { words, rfc3164, rfc5424, json };

inline constexpr std::array<std::pair<std::string_view, LineForm>, 4> kLineForms{{
    {"words", LineForm::words},
    {"rfc3164", LineForm::rfc3164},
    {"rfc5424", LineForm::rfc5424},
    {"json", LineForm::json},
}};

// Appends a line of connection `who` and its line feed. The words are 40 to 190 bytes and begin with the connection and
// the number, so that a checker sees order and loss for each connection. `seconds` is the sender's clock.
void append_line(std::string& out, LineForm form, std::mt19937_64& random, std::uint32_t who, std::uint32_t number,
                 std::uint64_t seconds);

}  // namespace logsniffd::bench

// The protocols that begin with text; see protocol.hpp.
#pragma once

#include <string_view>

#include "daemon/learn/protocol.hpp"

namespace logsniffd::learn {

// `text`: the bytes of `opening`.
[[nodiscard]] Protocol recognize_text(std::string_view text, const Opening& opening);

}  // namespace logsniffd::learn

// The name of the server that a TLS client asks for (SNI: RFC 8446, 4.1.2; RFC 6066, 3).
#pragma once

#include <string_view>

#include "daemon/base/bytes.hpp"

namespace logsniffd::survey {

// Returns the first host name in the ClientHello at the start of `payload`, or nothing. The hello may be cut off behind
// the name. LIFETIME: a view of `payload`; any bytes.
[[nodiscard]] std::string_view server_name(Bytes payload);

}  // namespace logsniffd::survey

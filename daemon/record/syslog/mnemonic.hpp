// The names that network devices give their messages, after a percent sign:
//
//   %FACILITY[-SUBFACILITY...]-SEVERITY-MNEMONIC:    "%SYS-5-CONFIG_I: ", "%ASA-config-5-111008: "  (Cisco, Arista)
//   %%VVMODULE/SEVERITY/MNEMONIC(TYPE)[SERIAL]:      "%%01IFNET/4/IF_STATE(l)[7]:"                  (Huawei, H3C)
//
// AireOS 8 writes "#" instead of the percent sign. VV is the version of the format. Type and serial number are
// stepped over.
#pragma once

#include <optional>
#include <string_view>

#include "daemon/text/text_cursor.hpp"

namespace logsniffd::record::syslog {

struct Mnemonic {
  std::string_view facility;  // "SYS", "IFNET"
  std::string_view whole;     // "SYS-5-CONFIG_I", "IFNET/4/IF_STATE"
};

// Each reads what is at the front of `cursor` and steps over it and the separators after it, or returns nothing and
// leaves the cursor anywhere. In the first form a space may replace the colon, or stand before it (IOS XR).
std::optional<Mnemonic> read_mnemonic(text::TextCursor& cursor);
std::optional<Mnemonic> read_module_mnemonic(text::TextCursor& cursor);

}  // namespace logsniffd::record::syslog

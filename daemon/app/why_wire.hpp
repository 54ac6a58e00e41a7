// The part of a diagnosis that only the wire shows: see why.hpp.
#pragma once

#include "daemon/app/why.hpp"

namespace logsniffd::app {

// Why the filter of the subject, or its port if it has none, sees no data.
[[nodiscard]] Finding cause_on_wire(const Subject& subject, const Evidence& evidence, const Surveyed& surveyed);
// Adds the name of the server that TLS clients asked for to the figure, if one did.
void add_server_name(Finding& finding, const Subject& subject, const Evidence& evidence, const Surveyed& surveyed);

}  // namespace logsniffd::app

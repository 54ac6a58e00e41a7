// The keys of a file sink's `rotate`, and its `sync`.
#pragma once

#include "config/model.hpp"
#include "config/value.hpp"

namespace logsniffd::config {

void read_rotation(const Value& value, FileTarget& file);
void read_sync(const Value& value, FileTarget& file);

}  // namespace logsniffd::config

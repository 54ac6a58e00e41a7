// One bound for everything that a record says: message and fields together.
#pragma once

#include <cstddef>
#include <vector>

#include "daemon/record/log_record.hpp"

namespace logsniffd::record {

// Returns false, and changes nothing, if the message and the names and values of the fields take at most `limit` bytes.
// Otherwise it cuts them to that. The fields get what the message leaves, and at least a quarter of the limit: those
// that fit are kept in their order, the value of the next one is cut if it is long, and the others are dropped. The
// message gets the rest. Every cut is between two UTF-8 characters.
//
// REQUIRED: the record's fields are the front of `fields`. They still are afterwards.
bool bound_record(std::size_t limit, LogRecord& record, std::vector<Field>& fields);

}  // namespace logsniffd::record

// One bound for all that a record says: message and fields together.
#pragma once

#include <cstddef>
#include <vector>

#include "daemon/record/log_record.hpp"

namespace logsniffd::record {

// False where names and values of the fields, and the message, take at most `limit` bytes: nothing is changed. Else
// they are cut to that. Fields have what the message leaves, and a quarter of it in any case: those that fit are kept
// in their order, the value of the next one is cut, and the others go. The message has what is left. All cuts are
// between two characters of UTF-8.
//
// REQUIRED: the record's fields are the front of `fields`, and are so afterwards.
bool bound_record(std::size_t limit, LogRecord& record, std::vector<Field>& fields);

}  // namespace logsniffd::record

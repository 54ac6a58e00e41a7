// Collects fields as they are found, up to kMaxFields of them.
//
// All decoders share this rule: `fields` grows above kMaxFields exactly if something found
// no room.
#pragma once

#include <algorithm>
#include <span>
#include <string_view>
#include <vector>

#include "daemon/record/log_record.hpp"

namespace logsniffd::record {

class FieldList {
 public:
  explicit FieldList(std::vector<Field>& fields) : fields_(fields) { fields_.clear(); }

  void add(std::string_view name, std::string_view value) {
    if (fields_.size() <= kMaxFields) fields_.push_back({name, value});
  }
  // Something else found no room.
  void leave_out() {
    good_ = good().size();
    fields_.resize(kMaxFields + 1);
  }

  [[nodiscard]] bool left_out() const { return fields_.size() > kMaxFields; }
  [[nodiscard]] std::span<const Field> good() const {
    return std::span<const Field>(fields_).first(std::min({fields_.size(), kMaxFields, good_}));
  }

 private:
  std::vector<Field>& fields_;
  std::size_t good_ = kMaxFields;
};

}  // namespace logsniffd::record

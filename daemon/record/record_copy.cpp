#include "daemon/record/record_copy.hpp"

namespace logsniffd::record {

void RecordCopy::assign(const LogRecord& record) {
  record_ = record;
  fields_.assign(record.fields.begin(), record.fields.end());
  const auto for_each_text = [this](auto&& visit) {
    for (std::string_view* text :
         {&record_.interface, &record_.host, &record_.app, &record_.pid, &record_.msgid, &record_.message}) {
      visit(*text);
    }
    for (Field& field : fields_) {
      visit(field.name);
      visit(field.value);
    }
  };
  std::size_t size = 0;
  for_each_text([&](std::string_view text) { size += text.size(); });
  text_.clear();
  text_.reserve(size);  // from here on, it does not move
  for_each_text([this](std::string_view& text) {
    const std::size_t at = text_.size();
    text_.append(text);
    text = std::string_view(text_).substr(at);
  });
  record_.fields = fields_;
}

}  // namespace logsniffd::record

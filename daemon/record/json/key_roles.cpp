#include "daemon/record/json/key_roles.hpp"

#include <algorithm>

#include "daemon/record/value/logged_severity.hpp"
#include "daemon/record/value/logged_time.hpp"

namespace logsniffd::record::json {
namespace {

constexpr std::size_t kMaxPidDigits = 20;
constexpr std::size_t kMaxSecondsDigits = 10;
constexpr std::size_t kMaxNanosecondsDigits = 9;

Role role_of(Known as) {
  switch (as) {
    case Known::message:
      return Role::message;
    case Known::severity:
    case Known::python_severity:
    case Known::letter_severity:
      return Role::severity;
    case Known::time:
    case Known::seconds:
      return Role::time;
    case Known::nanoseconds:
      return Role::nanoseconds;
    case Known::host:
      return Role::host;
    case Known::app:
      return Role::app;
    case Known::pid:
      return Role::pid;
    case Known::facility:
      return Role::facility;
  }
  return Role::message;
}

bool is_text(const JsonLeaf& leaf) { return leaf.kind == JsonLeaf::Kind::string && !leaf.value.empty(); }

bool is_whole(std::string_view text, std::size_t max_digits) {
  return !text.empty() && text.size() <= max_digits && std::all_of(text.begin(), text.end(), text::is_digit);
}

std::optional<std::uint8_t> read_facility(std::string_view text) {
  const auto found = std::find(kFacilityNames.begin(), kFacilityNames.end(), text);
  if (found != kFacilityNames.end()) return static_cast<std::uint8_t>(found - kFacilityNames.begin());
  if (text.empty() || text.size() > 2 || !std::all_of(text.begin(), text.end(), text::is_digit)) return std::nullopt;
  int number = 0;
  for (const char digit : text) number = number * 10 + (digit - '0');
  if (static_cast<std::size_t>(number) >= kFacilityNames.size()) return std::nullopt;
  return static_cast<std::uint8_t>(number);
}

// The limit leaves room for one more second.
std::optional<PacketTime> read_seconds(std::string_view text) {
  const std::optional<PacketTime> time = value::read_epoch_time(text);
  return time && *time < PacketTime::max() - std::chrono::seconds(1) ? time : std::nullopt;
}

template <class T>
bool take(std::optional<T>& target, std::optional<T> found) {
  if (found) target = found;
  return found.has_value();
}

}  // namespace

KeyRoles::KeyRoles(std::span<const JsonLeaf> leaves, const text::WordTable& known_keys, PacketTime captured_at)
    : leaves_(leaves) {
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    const std::size_t place = known_keys.find(leaves[i].name);
    if (place == text::WordTable::kNone) continue;
    const auto as = static_cast<Known>(known_keys.value(place));
    Player& player = players_[static_cast<std::size_t>(role_of(as))];
    if (place < player.place && can_play(as, leaves[i], captured_at)) player = {place, i};
  }
  add_nanoseconds(known_keys);
  for (const Player& player : players_) {
    if (player.place != text::WordTable::kNone) playing_.set(player.leaf);
  }
}

// Also keeps the value read. REQUIRED: a leaf that can play the role does play it.
bool KeyRoles::can_play(Known as, const JsonLeaf& leaf, PacketTime captured_at) {
  if (leaf.kind == JsonLeaf::Kind::raw) return false;
  switch (as) {
    case Known::message:
      return !leaf.value.empty();
    case Known::severity:
      return take(severity_, record::value::read_severity(leaf.value));
    case Known::python_severity:
      return take(severity_, record::value::read_python_severity(leaf.value));
    case Known::letter_severity:
      return take(severity_, record::value::read_severity_letter(leaf.value));
    case Known::time:
      return take(sent_, record::value::read_logged_time(leaf.value, captured_at));
    case Known::seconds:
      return is_whole(leaf.value, kMaxSecondsDigits) && take(sent_, read_seconds(leaf.value));
    case Known::nanoseconds:
      return is_whole(leaf.value, kMaxNanosecondsDigits);
    case Known::host:
    case Known::app:
      return is_text(leaf);
    case Known::pid:
      return is_whole(leaf.value, kMaxPidDigits);
    case Known::facility:
      return take(facility_, read_facility(leaf.value));
  }
  return false;
}

// Adds them to the seconds that play, if they belong together; otherwise they do not play.
void KeyRoles::add_nanoseconds(const text::WordTable& known_keys) {
  Player& nanoseconds = players_[static_cast<std::size_t>(Role::nanoseconds)];
  if (nanoseconds.place == text::WordTable::kNone) [[likely]]
    return;
  const Player& time = players_[static_cast<std::size_t>(Role::time)];
  if (time.place + 1 != nanoseconds.place || static_cast<Known>(known_keys.value(time.place)) != Known::seconds) {
    nanoseconds = {};
    return;
  }
  std::int64_t count = 0;
  for (const char digit : leaves_[nanoseconds.leaf].value) count = count * 10 + (digit - '0');
  *sent_ += std::chrono::nanoseconds(count);
}

const JsonLeaf* KeyRoles::player(Role role) const {
  const Player& player = players_[static_cast<std::size_t>(role)];
  return player.place == text::WordTable::kNone ? nullptr : &leaves_[player.leaf];
}

void KeyRoles::fill(LogRecord& record) const {
  const auto value = [this](Role role) {
    const JsonLeaf* const leaf = player(role);
    return leaf == nullptr ? std::string_view{} : leaf->value;
  };
  record.severity = severity_;
  record.facility = facility_;
  record.sent = sent_;
  record.host = value(Role::host);
  record.app = value(Role::app);
  record.pid = value(Role::pid);
  record.msgid = {};
}

std::string_view without_line_ends(std::string_view message) {
  while (!message.empty() && (message.back() == '\n' || message.back() == '\r')) message.remove_suffix(1);
  return message;
}

}  // namespace logsniffd::record::json

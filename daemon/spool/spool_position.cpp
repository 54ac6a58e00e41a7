#include "daemon/spool/spool_position.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <xxhash.h>

#include <array>
#include <cerrno>
#include <string>

#include "daemon/base/byte_reader.hpp"
#include "daemon/spool/little_endian.hpp"

namespace logsniffd::spool {
namespace {

constexpr const char* kName = "position";
constexpr std::size_t kSize = 40;
constexpr std::size_t kPositionChecksum = sizeof(std::uint64_t);
constexpr std::uint32_t kPositionMagic = 0x3150534c;  // "LSP1"

}  // namespace

Expected<SpoolPositionFile> SpoolPositionFile::open(int directory) {
  UniqueFd file(::openat(directory, kName, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600));
  if (!file.valid()) return fail(Error::system(kName, errno));
  return SpoolPositionFile(std::move(file));
}

SpoolPosition SpoolPositionFile::read() const {
  std::array<char, kSize> raw{};
  if (::pread(file_.get(), raw.data(), raw.size(), 0) != static_cast<ssize_t>(raw.size())) return {};
  const std::string_view text(raw.data(), raw.size());
  ByteReader reader(as_bytes(text));
  const std::uint64_t checksum = reader.u64le();
  if (checksum != XXH3_64bits(text.data() + kPositionChecksum, text.size() - kPositionChecksum)) return {};
  if (reader.u32le() != kPositionMagic) return {};
  SpoolPosition position;
  position.settled = reader.u32le();
  position.segment = reader.u64le();
  position.offset = reader.u64le();
  return position;
}

bool SpoolPositionFile::write(const SpoolPosition& position) {
  std::string raw;
  raw.reserve(kSize);
  append_little(raw, kPositionMagic);
  append_little(raw, position.settled);
  append_little(raw, position.segment);
  append_little(raw, position.offset);
  append_little(raw, std::uint64_t{0});  // reserved
  std::string sealed;
  sealed.reserve(kSize);
  append_little(sealed, static_cast<std::uint64_t>(XXH3_64bits(raw.data(), raw.size())));
  sealed += raw;
  const ssize_t took = ::pwrite(file_.get(), sealed.data(), sealed.size(), 0);
  if (took == static_cast<ssize_t>(sealed.size())) return true;
  if (took >= 0) errno = ENOSPC;
  return false;
}

}  // namespace logsniffd::spool

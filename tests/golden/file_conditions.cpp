// The ways in which a capture file can be written. The compressed ones hold blocks that are stored as they are, so that
// the inputs do not depend on the version of a library.
#include <algorithm>
#include <array>
#include <initializer_list>

#include "daemon/base/byte_reader.hpp"
#include "tests/golden/conditions.hpp"
#include "tests/golden/parties.hpp"

namespace logsniffd::golden {
namespace {

using test::endpoint;
using test::TcpConversation;

constexpr std::size_t kFileHeader = 24;
constexpr std::size_t kPacketHeader = 16;
constexpr std::size_t kFractionAt = 4;
constexpr std::size_t kPacketLengthAt = 8;

FileBytes plain() {
  Capture capture;
  TcpConversation talk = conversation();
  capture.ip(talk.handshake());
  capture.ip(talk.client_says("a line from a file that is not plain\n"));
  capture.ip(talk.close());
  return capture.bytes();
}

FileBytes joined(std::initializer_list<Bytes> parts) {
  FileBytes out;
  for (const Bytes part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

FileBytes little(std::uint64_t value, std::size_t bytes) {
  FileBytes out;
  for (std::size_t i = 0; i < bytes; ++i) out.push_back(static_cast<std::uint8_t>(value >> 8 * i & 0xff));
  return out;
}

// RFC 1952, 8
std::uint32_t crc32(Bytes bytes) {
  std::uint32_t crc = 0xffffffff;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320U : 0U);
  }
  return ~crc;
}

// RFC 1952, with one stored block of RFC 1951, 3.2.4.
FileBytes gzip_capture() {
  const FileBytes file = plain();
  const FileBytes header = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};
  return joined({header, FileBytes{1}, little(file.size(), 2), little(~file.size(), 2), file, little(crc32(file), 4),
                 little(file.size(), 4)});
}

// RFC 8878, with its size in four bytes, and one raw block.
FileBytes zstd_capture() {
  const FileBytes file = plain();
  const FileBytes header = {0x28, 0xb5, 0x2f, 0xfd, 0xa0};
  return joined({header, little(file.size(), 4), little(file.size() << 3 | 1, 3), file});
}

// The LZ4 frame format 1.6: independent blocks of at most 64 KiB, and a block that is not compressed.
FileBytes lz4_capture() {
  const FileBytes file = plain();
  const FileBytes header = {0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82};
  return joined({header, little(file.size() | 1U << 31, 4), file, little(0, 4)});
}

FileBytes with_magic(FileBytes file, std::uint32_t magic) {
  const FileBytes bytes = little(magic, 4);
  std::copy(bytes.begin(), bytes.end(), file.begin());
  return file;
}

// Ixia writes the length of all packets behind the header of the file.
FileBytes ixia_capture() {
  const FileBytes file = with_magic(plain(), 0x1c0001ac);
  const Bytes all(file);
  return joined({all.first(kFileHeader), little(file.size() - kFileHeader, 4), all.subspan(kFileHeader)});
}

// Each packet has a longer header: the number of the interface, protocol, and packet type follow the lengths. Times are
// microseconds.
FileBytes modified_capture() {
  const FileBytes file = with_magic(plain(), 0xa1b2cd34);
  Bytes rest = Bytes(file).subspan(kFileHeader);
  FileBytes out(file.begin(), file.begin() + kFileHeader);
  while (!rest.empty()) {
    const std::size_t length = ByteReader(rest.subspan(kPacketLengthAt)).u32le();
    FileBytes header(rest.begin(), rest.begin() + kPacketHeader);
    const FileBytes fraction = little(ByteReader(Bytes(header).subspan(kFractionAt)).u32le() / 1000, 4);
    std::copy(fraction.begin(), fraction.end(), header.begin() + kFractionAt);
    const FileBytes more = {1, 0, 0, 0, 0x08, 0x00, 0, 0};
    out = joined({out, header, more, rest.subspan(kPacketHeader, length)});
    rest = rest.subspan(kPacketHeader + length);
  }
  return out;
}

}  // namespace

std::span<const Condition> file_conditions() {
  static constexpr std::array kConditions{
      Condition{"capture-in-gzip", gzip_capture},
      Condition{"capture-in-zstd", zstd_capture},
      Condition{"capture-in-lz4", lz4_capture},
      Condition{"capture-by-ixia", ixia_capture},
      Condition{"capture-in-modified-pcap", modified_capture},
  };
  return kConditions;
}

}  // namespace logsniffd::golden

#include "daemon/cli/hex_dump.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>

#include "daemon/text/escape.hpp"

namespace logsniffd::cli {
namespace {

constexpr std::size_t kBytesPerLine = 16;

void append_line(std::size_t offset, Bytes line, std::string& out) {
  auto to = std::back_inserter(out);
  fmt::format_to(to, "{:08x} ", offset);
  for (std::size_t i = 0; i < line.size(); ++i) {
    fmt::format_to(to, "{} {:02x}", i == kBytesPerLine / 2 ? " " : "", line[i]);
  }
  out.push_back('\n');
}

}  // namespace

void append_hex_lines(Bytes bytes, std::string& out) {
  for (std::size_t offset = 0; offset < bytes.size(); offset += kBytesPerLine) {
    append_line(offset, bytes.subspan(offset, std::min(kBytesPerLine, bytes.size() - offset)), out);
  }
}

void append_hex_dump(const capture::RawPacket& packet, std::string& out) {
  fmt::format_to(std::back_inserter(out), "{}, {} bytes{}", capture::to_string(packet.link_type),
                 packet.original_length,
                 packet.bytes.size() < packet.original_length ? fmt::format(", {} captured", packet.bytes.size()) : "");
  if (!packet.interface.empty()) {
    out += ", ";
    text::append_escaped(packet.interface, out);  // a file may name it anything
  }
  out.push_back('\n');
  append_hex_lines(packet.bytes, out);
}

Expected<std::unique_ptr<HexDump>> HexDump::open(app::CaptureWorker& worker, const std::string& output) {
  UniqueFd fd(output.empty() ? ::dup(STDOUT_FILENO) : ::open(output.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  if (!fd.valid()) return fail(Error::system(output.empty() ? "standard output" : output, errno));
  return std::unique_ptr<HexDump>(new HexDump(worker, std::move(fd)));
}

void HexDump::on_packet(const capture::RawPacket& packet) {
  if (!std::holds_alternative<packet_path::Decoded>(worker_.pipeline().add(packet))) return;
  text_.clear();
  append_hex_dump(packet, text_);
  std::string_view rest = text_;
  while (!rest.empty()) {
    const ssize_t written = ::write(output_.get(), rest.data(), rest.size());
    if (written < 0) break;  // the sink of the records has the same problem, and reports it
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  worker_.write_through();
}

}  // namespace logsniffd::cli

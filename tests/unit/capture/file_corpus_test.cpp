// Reads every capture file of ../shared/corpus next to the checkout, if it is present, with this project and with
// libpcap 1.10. Both must give the same packets, byte for byte, with the same times and lengths, and both or neither an
// error. Two differences are allowed:
//   longer  libpcap cuts a packet that is longer than the snapshot length in the file's header; this project
//           reads all its bytes
//   later   libpcap reads the unsigned 32-bit seconds and fractions of a pcap file as signed: 2038 becomes 1901
#include <gtest/gtest.h>
#include <pcap/pcap.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "tests/unit/capture/file_blocks.hpp"

namespace logsniffd::capture {
namespace {

namespace fs = std::filesystem;

struct Libpcap {
  Reading reading;
  std::size_t snaplen = 0;
};

Libpcap by_libpcap(const fs::path& path) {
  char error[PCAP_ERRBUF_SIZE] = {};
  const std::unique_ptr<pcap_t, decltype(&pcap_close)> file(
      pcap_open_offline_with_tstamp_precision(path.c_str(), PCAP_TSTAMP_PRECISION_NANO, error), &pcap_close);
  if (!file) return {{{}, error}};
  Libpcap result{{}, static_cast<std::size_t>(pcap_snapshot(file.get()))};
  pcap_pkthdr* header = nullptr;
  const u_char* data = nullptr;
  int status = 0;
  while ((status = pcap_next_ex(file.get(), &header, &data)) == 1) {
    result.reading.packets.push_back({std::string(as_text(Bytes(data, header->caplen))),
                                      std::max(header->len, header->caplen),
                                      header->ts.tv_sec * 1'000'000'000LL + header->ts.tv_usec, 0, 0, ""});
  }
  if (status == PCAP_ERROR) result.reading.error = pcap_geterr(file.get());
  return result;
}

bool same_bytes(const SeenPacket& ours, const SeenPacket& theirs, std::size_t snaplen) {
  const bool longer = ours.bytes.size() > snaplen && theirs.bytes.size() == snaplen;
  return (longer ? ours.bytes.substr(0, snaplen) : ours.bytes) == theirs.bytes;
}

bool same_time(const SeenPacket& ours, const SeenPacket& theirs) {
  constexpr std::int64_t kWrap = std::int64_t{1} << 32;
  const std::int64_t later = ours.nanoseconds - theirs.nanoseconds;
  return later == 0 || later == kWrap || later == kWrap * 1'000 || later == kWrap * 1'000'000'000;
}

// Returns the first difference, or nothing.
std::string difference(const Reading& ours, const Libpcap& libpcap) {
  const Reading& theirs = libpcap.reading;
  const std::size_t both = std::min(ours.packets.size(), theirs.packets.size());
  for (std::size_t i = 0; i < both; ++i) {
    const SeenPacket& a = ours.packets[i];
    const SeenPacket& b = theirs.packets[i];
    const std::string where = "packet " + std::to_string(i + 1) + ": ";
    if (!same_bytes(a, b, libpcap.snaplen))
      return where + "bytes " + std::to_string(a.bytes.size()) + " against " + std::to_string(b.bytes.size());
    if (a.original_length != std::max(b.original_length, static_cast<std::uint32_t>(a.bytes.size())))
      return where + "original length";
    if (!same_time(a, b)) {
      return where + "time " + std::to_string(a.nanoseconds) + " against " + std::to_string(b.nanoseconds);
    }
  }
  if (ours.packets.size() != theirs.packets.size() || ours.error.empty() != theirs.error.empty()) {
    return std::to_string(ours.packets.size()) + " packets '" + ours.error + "' against " +
           std::to_string(theirs.packets.size()) + " '" + theirs.error + "'";
  }
  return "";
}

TEST(FileCorpus, EveryFile_IsReadAsLibpcapReadsIt) {
  const fs::path corpus = fs::path(__FILE__).parent_path() / "../../../../shared/corpus";
  if (!fs::exists(corpus)) {
    SUCCEED() << "no corpus beside this checkout";
    return;
  }
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(corpus)) {
    if (!entry.is_regular_file()) continue;
    ++files;
    auto source = FileSource::open(entry.path().string(), "");
    const Reading ours = source ? read_all(**source) : Reading{{}, source.error().message()};
    EXPECT_EQ(difference(ours, by_libpcap(entry.path())), "") << entry.path();
  }
  EXPECT_GT(files, 0U);
}

}  // namespace
}  // namespace logsniffd::capture

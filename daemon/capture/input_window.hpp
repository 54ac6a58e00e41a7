// The unread bytes of an input, contiguous, and as many of them as the reader asks for.
//
// There are three kinds of input: bytes in memory; a regular file, up to its size when it is opened;
// anything else (a pipe, a FIFO), which never blocks once it is open. A file that becomes shorter during
// reading is an ordinary error. For that reason it is read and not mapped: a mapping would end the process
// with SIGBUS (docs/decisions/0002-own-capture-file-reader.md). Each of them can be compressed: a window over another
// window then shows what is in it.
//
// THREAD    confined to the thread that owns it.
// LIFETIME  unread() is valid until the next call of consume() or fill().
// BOUNDS    the buffer grows to the largest count passed to fill(), at least kBufferBytes. Compressed: twice, and what
//           the Decompressor holds.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "daemon/base/bytes.hpp"
#include "daemon/base/error.hpp"
#include "daemon/base/unique_fd.hpp"
#include "daemon/capture/decompressor.hpp"

namespace logsniffd::capture {

class InputWindow {
 public:
  static constexpr std::size_t kBufferBytes = 256U << 10;
  static constexpr std::size_t kMaxCompressedBytes = 1U << 20;  // that one call of fill() decompresses

  enum class Fill {
    enough,      // unread() holds what was requested
    not_now,     // a pipe has nothing more to read at the moment: wait for wait_fd()
    more_later,  // compressed bytes were read that hold less than that: call again, after a turn for others
    end,         // the input ends earlier: unread() is all that is left
  };

  // "-" is standard input. A FIFO is opened without waiting for its writer.
  static Expected<InputWindow> open(const std::string& path);
  static InputWindow over(Bytes contents);  // `contents` must outlive it
  // The contents of `compressed`. REQUIRED: `decompressor` is for its first bytes, and nothing was consumed.
  static InputWindow decompressing(InputWindow compressed, std::unique_ptr<Decompressor> decompressor);

  InputWindow(InputWindow&&) noexcept;
  InputWindow& operator=(InputWindow&&) noexcept;
  ~InputWindow();

  [[nodiscard]] Bytes unread() const { return unread_; }
  [[nodiscard]] std::uint64_t offset() const { return offset_; }  // of unread()'s first byte in the input

  // REQUIRED: count <= unread().size().
  void consume(std::size_t count) {
    unread_ = unread_.subspan(count);
    offset_ += count;
  }

  // Makes unread() hold at least `count` bytes.
  Expected<Fill> fill(std::size_t count);

  // Readable when fill() can continue after not_now; -1 if fill() never returns not_now.
  [[nodiscard]] int wait_fd() const;

 private:
  struct Compressed;

  InputWindow();
  void begin_file(std::uint64_t size);
  Expected<Fill> fill_from_file(std::size_t count);
  Expected<Fill> fill_from_pipe(std::size_t count);
  Expected<Fill> fill_from_compressed(std::size_t count);
  void make_room(std::size_t count);

  UniqueFd fd_;
  std::optional<std::uint64_t> file_size_;  // of a regular file
  std::unique_ptr<Compressed> compressed_;  // instead of a descriptor
  std::unique_ptr<std::uint8_t[]> buffer_;  // unused for bytes in memory
  std::size_t capacity_ = 0;
  Bytes unread_;
  std::uint64_t offset_ = 0;
};

}  // namespace logsniffd::capture

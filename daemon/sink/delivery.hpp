// What a sink tells about each try to put records into its target (Sink::observe).
#pragma once

#include <cstdint>
#include <string_view>

#include "daemon/record/record_batch.hpp"

namespace logsniffd::sink {

enum class DropReason : std::uint8_t;

struct Delivery {
  std::uint64_t written = 0;
  std::uint64_t refused = 0;  // by a target that may take them later (is_retryable), whatever becomes of them
  DropReason reason{};        // of the latest refusal
  std::string_view error;     // what the sink says about it; empty: nothing new
};

// THREAD    called on the sink's worker; about the first opening, before it starts.
// LIFETIME  every argument is valid only during the call.
class DeliveryObserver {
 public:
  virtual ~DeliveryObserver() = default;
  // Of records for sink number `index`. Which of them were written is not known, unless all were.
  virtual void on_delivery(const record::RecordBatch& batch, unsigned index, const Delivery& delivery) = 0;
  // The target could not be opened, or did not take one of the daemon's own lines. An empty `error`: nothing new.
  virtual void on_trouble(std::string_view error) = 0;
};

}  // namespace logsniffd::sink

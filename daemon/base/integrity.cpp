#include "daemon/base/integrity.hpp"

namespace logsniffd {

std::string_view to_string(Integrity integrity) {
  switch (integrity) {
    case Integrity::whole:
      return "whole";
    case Integrity::joined_late:
      return "joined_late";
    case Integrity::gap:
      return "gap";
    case Integrity::truncated:
      return "truncated";
    case Integrity::unfinished:
      return "unfinished";
  }
  return "";
}

}  // namespace logsniffd

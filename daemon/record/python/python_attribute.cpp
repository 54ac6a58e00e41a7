#include "daemon/record/python/python_attribute.hpp"

namespace logsniffd::record::python {

// By length first: each length has few names, and most names of extra= have another length.
PythonAttribute python_attribute(std::string_view given) {
  using enum PythonAttribute;
  switch (given.size()) {
    case 3:
      return given == "msg" ? msg : extra;
    case 4:
      return given == "name" ? PythonAttribute::name : given == "args" ? args : extra;
    case 5:
      return given == "msecs" ? redundant : extra;  // created has them
    case 6:
      if (given == "lineno" || given == "module") return place;
      return given == "thread" ? redundant : extra;  // an address; threadName has the name
    case 7:
      if (given == "levelno") return levelno;
      if (given == "created") return created;
      if (given == "process") return process;
      return given == "message" || given == "asctime" ? redundant : extra;  // left there by a formatter
    case 8:
      if (given == "pathname" || given == "funcName" || given == "taskName") return place;
      if (given == "exc_text") return exc_text;
      return given == "filename" || given == "exc_info" ? redundant : extra;  // pathname's end; None when pickled
    case 9:
      return given == "levelname" ? levelname : extra;
    case 10:
      if (given == "threadName") return place;
      return given == "stack_info" ? stack_info : extra;
    case 11:
      return given == "processName" ? place : extra;
    case 15:
      return given == "relativeCreated" ? redundant : extra;  // since the sender's start
    default:
      return extra;
  }
}

}  // namespace logsniffd::record::python

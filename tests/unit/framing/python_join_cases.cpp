#include "tests/unit/framing/join_case.hpp"

namespace logsniffd::framing {

std::vector<JoinCase> python_cases() {
  return {
      {.name = "LoggingException",
       .source = "Python logging.exception",
       .records = {"INFO:root:before",
                   "ERROR:root:it failed\n"
                   "Traceback (most recent call last):\n"
                   "  File \"/app/a.py\", line 6, in <module>\n"
                   "    f()\n"
                   "ZeroDivisionError: division by zero",
                   "INFO:root:after"}},
      {.name = "Uncaught",
       .source = "CPython 3.11: a mark below the line",
       .records = {"Traceback (most recent call last):\n"
                   "  File \"<stdin>\", line 1, in <module>\n"
                   "    1 / 0\n"
                   "    ~~^~~\n"
                   "ZeroDivisionError: division by zero",
                   "done"}},
      {.name = "DuringHandling",
       .source = "CPython, PEP 3134: __context__",
       .records = {"ERROR:root:it failed\n"
                   "Traceback (most recent call last):\n"
                   "  File \"a.py\", line 2, in f\n"
                   "    d['x']\n"
                   "KeyError: 'x'\n"
                   "\n"
                   "During handling of the above exception, another exception occurred:\n"
                   "\n"
                   "Traceback (most recent call last):\n"
                   "  File \"a.py\", line 4, in <module>\n"
                   "    f()\n"
                   "app.errors.LookupFailed: x",
                   "INFO:root:after"}},
      {.name = "DirectCauseTwice",
       .source = "CPython, PEP 3134: __cause__",
       .records = {"Traceback (most recent call last):\n"
                   "  File \"a.py\", line 2, in f\n"
                   "OSError: [Errno 2] No such file\n"
                   "\n"
                   "The above exception was the direct cause of the following exception:\n"
                   "\n"
                   "Traceback (most recent call last):\n"
                   "  File \"a.py\", line 4, in g\n"
                   "__main__.f.<locals>.Broken\n"
                   "\n"
                   "The above exception was the direct cause of the following exception:\n"
                   "\n"
                   "Traceback (most recent call last):\n"
                   "  File \"a.py\", line 6, in h\n"
                   "RuntimeError: third",
                   "next"}},
      {.name = "EmptyLineBehindATrace",
       .source = "a program that prints an empty line after each error",
       .records = {"Traceback (most recent call last):\n  File \"a.py\", line 2, in f\nKeyError: 'x'", "", "next", "",
                   "", "last"}},
      {.name = "ChainThatBreaksOff",
       .source = "hand-made: the sentence of a chain, and no trace behind it",
       .records = {"Traceback (most recent call last):\n  File \"a.py\", line 2, in f\nKeyError: 'x'\n\n"
                   "During handling of the above exception, another exception occurred:",
                   "", "INFO:root:next"}},
      {.name = "ExceptionGroup",
       .source = "CPython 3.11, PEP 654",
       .records = {"ERROR:root:some failed\n"
                   "  + Exception Group Traceback (most recent call last):\n"
                   "  |   File \"<stdin>\", line 1, in <module>\n"
                   "  | ExceptionGroup: some (2 sub-exceptions)\n"
                   "  +-+---------------- 1 ----------------\n"
                   "    | Traceback (most recent call last):\n"
                   "    |   File \"<stdin>\", line 2, in f\n"
                   "    | ValueError: 1\n"
                   "    +---------------- 2 ----------------\n"
                   "    | TypeError: 2\n"
                   "    +------------------------------------",
                   "INFO:root:after"}},
      {.name = "ExceptionGroupInAChain",
       .source = "CPython 3.11, PEP 654",
       .records = {"Traceback (most recent call last):\n"
                   "  File \"a.py\", line 2, in f\n"
                   "KeyError: 'x'\n"
                   "\n"
                   "During handling of the above exception, another exception occurred:\n"
                   "\n"
                   "  + Exception Group Traceback (most recent call last):\n"
                   "  |   File \"a.py\", line 4, in g\n"
                   "  | ExceptionGroup: some (1 sub-exception)\n"
                   "  +-+---------------- 1 ----------------\n"
                   "    | ValueError: 1\n"
                   "    +------------------------------------\n"
                   "\n"
                   "The above exception was the direct cause of the following exception:\n"
                   "\n"
                   "Traceback (most recent call last):\n"
                   "  File \"a.py\", line 6, in h\n"
                   "RuntimeError: last"}},
      {.name = "Django",
       .source = "Django, django.request on the console",
       .records =
           {"[01/May/2023 10:00:00] \"GET / HTTP/1.1\" 200 1024",
            "Internal Server Error: /orders/17\n"
            "Traceback (most recent call last):\n"
            "  File \"/venv/lib/python3.11/site-packages/django/core/handlers/exception.py\", line 55, in inner\n"
            "    response = get_response(request)\n"
            "               ^^^^^^^^^^^^^^^^^^^^^\n"
            "  File \"/app/orders/views.py\", line 12, in detail\n"
            "    order = Order.objects.get(pk=pk)\n"
            "orders.models.Order.DoesNotExist: Order matching query does not exist.",
            "[01/May/2023 10:00:01] \"GET /orders/17 HTTP/1.1\" 500 145"}},
      {.name = "Gunicorn",
       .source = "gunicorn, error log",
       .records = {"[2023-05-01 10:00:00 +0000] [7] [INFO] Booting worker with pid: 7",
                   "[2023-05-01 10:00:01 +0000] [7] [ERROR] Error handling request /\n"
                   "Traceback (most recent call last):\n"
                   "  File \"/venv/lib/python3.11/site-packages/gunicorn/workers/sync.py\", line 136, in handle\n"
                   "    self.handle_request(listener, req, client, addr)\n"
                   "ValueError: bad",
                   "[2023-05-01 10:00:02 +0000] [7] [INFO] Worker exiting (pid: 7)"}},
      {.name = "SyntaxErrorWithACaret",
       .source = "CPython",
       .records = {"Traceback (most recent call last):\n"
                   "  File \"a.py\", line 1, in <module>\n"
                   "    exec('a b')\n"
                   "  File \"<string>\", line 1\n"
                   "    a b\n"
                   "      ^\n"
                   "SyntaxError: invalid syntax"}},
      {.name = "Recursion",
       .source = "CPython",
       .records = {"Traceback (most recent call last):\n"
                   "  File \"a.py\", line 1, in f\n"
                   "    f()\n"
                   "  [Previous line repeated 996 more times]\n"
                   "RecursionError: maximum recursion depth exceeded",
                   "Traceback (most recent call last):\n"
                   "  File \"a.py\", line 1, in f\n"
                   "KeyboardInterrupt"}},
      {.name = "TraceThatBreaksOff",
       .source = "hand-made: another process's line instead of the exception",
       .records = {"Traceback (most recent call last):\n  File \"a.py\", line 1, in f",
                   "2023-05-01 10:00:00 INFO next"}},
      {.name = "IndentedMessage",
       .source = "pydantic 1: the message goes on, indented",
       .records = {"Traceback (most recent call last):\n"
                   "  File \"a.py\", line 1, in f\n"
                   "jsonschema.exceptions.ValidationError: 'x' is not of type 'integer'\n"
                   "    On instance: 'x'",
                   "next"}},
      {.name = "Asyncio",
       .source = "asyncio, default exception handler: the line in front of the trace belongs to it",
       .records = {"Task exception was never retrieved",
                   "future: <Task finished name='Task-2' coro=<f() done> exception=ValueError('x')>\n"
                   "Traceback (most recent call last):\n"
                   "  File \"a.py\", line 3, in f\n"
                   "ValueError: x"}},
  };
}

}  // namespace logsniffd::framing

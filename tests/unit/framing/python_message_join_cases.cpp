#include "tests/unit/framing/join_case.hpp"

namespace logsniffd::framing {

std::vector<JoinCase> python_message_cases() {
  return {
      {.name = "SqlAlchemy",
       .source = "SQLAlchemy 1.4 with psycopg2",
       .records = {"2026-09-21 14:11:18,001 ERROR insert failed\n"
                   "Traceback (most recent call last):\n"
                   "  File \"/venv/sqlalchemy/engine/base.py\", line 1900, in _execute_context\n"
                   "    self.dialect.do_execute(\n"
                   "psycopg2.errors.UndefinedTable: relation \"x\" does not exist\n"
                   "LINE 1: SELECT x FROM t\n"
                   "                      ^\n"
                   "\n"
                   "\n"
                   "The above exception was the direct cause of the following exception:\n"
                   "\n"
                   "Traceback (most recent call last):\n"
                   "  File \"/app/a.py\", line 6, in <module>\n"
                   "sqlalchemy.exc.ProgrammingError: (psycopg2.errors.UndefinedTable) relation \"x\" does not exist\n"
                   "LINE 1: SELECT x FROM t\n"
                   "                      ^\n"
                   "\n"
                   "[SQL: SELECT x FROM t]\n"
                   "(Background on this error at: https://sqlalche.me/e/14/f405)",
                   "2026-09-21 14:11:18,002 INFO next"}},
      {.name = "IntegrityErrorWithoutATime",
       .source = "Django with psycopg2",
       .records = {"Internal Server Error: /orders\n"
                   "Traceback (most recent call last):\n"
                   "  File \"/app/orders/views.py\", line 12, in create\n"
                   "django.db.utils.IntegrityError: duplicate key value violates unique constraint \"orders_pkey\"\n"
                   "DETAIL:  Key (id)=(17) already exists.",
                   "next"}},
      {.name = "Pydantic",
       .source = "pydantic 2",
       .records = {"Traceback (most recent call last):\n"
                   "  File \"a.py\", line 4, in <module>\n"
                   "pydantic_core._pydantic_core.ValidationError: 2 validation errors for User\n"
                   "name\n"
                   "  Field required [type=missing, input_value={}, input_type=dict]\n"
                   "    For further information visit https://errors.pydantic.dev/2.5/v/missing\n"
                   "age\n"
                   "  Field required [type=missing, input_value={}, input_type=dict]",
                   "next"}},
      {.name = "MessageInAChain",
       .source = "CPython: PEP 3134; the chain proves what the message says",
       .records = {"ERROR:root:it failed\n"
                   "Traceback (most recent call last):\n"
                   "  File \"a.py\", line 2, in f\n"
                   "ValueError: three things:\n"
                   "one\n"
                   "\n"
                   "two\n"
                   "\n"
                   "During handling of the above exception, another exception occurred:\n"
                   "\n"
                   "Traceback (most recent call last):\n"
                   "  File \"a.py\", line 4, in <module>\n"
                   "RuntimeError: last",
                   "INFO:root:after"}},
      {.name = "MessageBetweenAlikeRecords",
       .source = "Python logging with %(asctime)s; PEP 678: notes",
       .records = {"2026-09-21 14:11:17,001 INFO before",
                   "2026-09-21 14:11:18,001 ERROR it failed\n"
                   "Traceback (most recent call last):\n"
                   "  File \"a.py\", line 2, in f\n"
                   "ValueError: bad\n"
                   "while reading row 7\n"
                   "of the third file",
                   "2026-09-21 14:11:19,001 INFO after", "2026-09-21 14:11:20,001 INFO later"}},
      {.name = "LinesBehindAMessageAtTheEnd",
       .source = "hand-made: nothing proves that the lines belong to the exception",
       .records = {"2026-09-21 14:11:18,001 ERROR it failed\nTraceback (most recent call last):\n  File \"a.py\", line "
                   "2, in f\n"
                   "ValueError: bad",
                   "stopped", "with 1"},
       .ends_here = true},
      {.name = "LinesBehindAMessageBetweenRecordsOfAllKinds",
       .source = "hand-made: lines without a time are records here",
       .records = {"ready",
                   "2026-09-21 14:11:18,001 ERROR it failed\nTraceback (most recent call last):\n  File \"a.py\", line "
                   "2, in f\n"
                   "ValueError: bad",
                   "still ready", "2026-09-21 14:11:19,001 INFO after"}},
      {.name = "TracesInARow",
       .source = "CPython, one process after the other",
       .records = {"Traceback (most recent call last):\n  File \"a.py\", line 2, in f\nValueError: a",
                   "Traceback (most recent call last):\n  File \"a.py\", line 2, in f\nValueError: b",
                   "Traceback (most recent call last):\n  File \"a.py\", line 2, in f\nSystemExit"}},
      {.name = "ExceptionGroupWithMessagesOfSeveralLines",
       .source = "CPython 3.11, PEP 654",
       .records = {"2026-09-21 14:11:18,001 ERROR some failed\n"
                   "  + Exception Group Traceback (most recent call last):\n"
                   "  |   File \"<stdin>\", line 1, in <module>\n"
                   "  | ExceptionGroup: some (1 sub-exception)\n"
                   "  +-+---------------- 1 ----------------\n"
                   "    | ValueError: first\n"
                   "    | second\n"
                   "    +------------------------------------",
                   "2026-09-21 14:11:18,002 INFO after"}},
  };
}

}  // namespace logsniffd::framing

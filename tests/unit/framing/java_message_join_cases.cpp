// Messages of several lines from Java and .NET.
#include "tests/unit/framing/join_case.hpp"

namespace logsniffd::framing {

std::vector<JoinCase> java_message_cases() {
  return {
      {.name = "MyBatis",
       .source = "https://github.com/GoogleCloudPlatform/fluent-plugin-detect-exceptions/issues/61",
       .records = {"2026-09-21 14:11:17.001 INFO  request started",
                   "2026-09-21 14:11:18.001 ERROR insert failed\n"
                   "org.springframework.jdbc.BadSqlGrammarException: \n"
                   "### Error querying database.  Cause: org.postgresql.util.PSQLException: ERROR: no column \"x\"\n"
                   "  Position: 8\n"
                   "### The error may exist in com/example/Mapper.java (best guess)\n"
                   "### SQL: SELECT x FROM t\n"
                   "WHERE id = ?\n"
                   "\tat org.example.Translator.translate(Translator.java:101)\n"
                   "Caused by: org.postgresql.util.PSQLException: ERROR: no column \"x\"\n"
                   "  Position: 8\n"
                   "\tat org.postgresql.core.v3.QueryExecutorImpl.receive(QueryExecutorImpl.java:2440)\n"
                   "\t... 113 more",
                   "2026-09-21 14:11:20.001 INFO  request ended"}},
      {.name = "CauseWithAMessageOfSeveralLines",
       .source = "Oracle JDBC: the server's messages, one a line",
       .records = {"java.lang.RuntimeException: batch\n"
                   "\tat a.B.c(B.java:1)\n"
                   "Caused by: java.sql.SQLException: ORA-06550: line 1, column 7:\n"
                   "PLS-00201: identifier 'X' must be declared\n"
                   "ORA-06550: line 1, column 7:\n"
                   "PL/SQL: Statement ignored\n"
                   "\n"
                   "\tat oracle.jdbc.driver.T4CTTIoer11.processError(T4CTTIoer11.java:494)\n"
                   "\t... 3 more",
                   "next"}},
      {.name = "Reactor",
       .source = "https://github.com/GoogleCloudPlatform/fluent-plugin-detect-exceptions/issues/87",
       .records = {"org.example.WebClientRequestException: finishConnect(..) failed: Connection refused\n"
                   "\tat org.example.ExchangeFunctions.lambda(ExchangeFunctions.java:141)\n"
                   "\tSuppressed: reactor.core.publisher.FluxOnAssembly$OnAssemblyException:\n"
                   "Error has been observed at the following site(s):\n"
                   "\t|_ checkpoint GET localhost:8080\n"
                   "Stack trace:\n"
                   "\t\tat org.example.ExchangeFunctions.lambda(ExchangeFunctions.java:141)",
                   "2026-09-21 14:11:20.001 INFO  request ended"}},
      {.name = "ReactorAssemblyTrace",
       .source = "Reactor 3.4, Hooks.onOperatorDebug()",
       .records =
           {"2026-09-21 14:11:19.001 ERROR 1 --- [ctor-http-nio-3] a.w.r.e.AbstractErrorWebExceptionHandler : 500\n"
            "\n"
            "java.lang.IllegalStateException: boom\n"
            "\tat com.example.Demo.boom(Demo.java:21) ~[classes/:na]\n"
            "\tSuppressed: reactor.core.publisher.FluxOnAssembly$OnAssemblyException: \n"
            "Assembly trace from producer [reactor.core.publisher.MonoMap] :\n"
            "\treactor.core.publisher.Mono.map(Mono.java:3404)\n"
            "\tcom.example.Demo.get(Demo.java:17)\n"
            "Error has been observed at the following site(s):\n"
            "\t*__________Mono.map at com.example.Demo.get(Demo.java:17)\n"
            "\t*__checkpoint HTTP GET \"/boom\" [ExceptionHandlingWebHandler]\n"
            "Original Stack Trace:\n"
            "\t\tat com.example.Demo.boom(Demo.java:21) ~[classes/:na]",
            "", "2026-09-21 14:11:20.001  INFO 1 --- [main] c.e.Demo : fine"}},
      {.name = "MessageInTheLogLine",
       .source = "log4j 2, %m %ex on one line",
       .records = {"2026-09-21 14:11:18.001 ERROR failed: java.lang.IllegalArgumentException: two things are wrong:\n"
                   "- the name is empty\n"
                   "- the size is 0\n"
                   "\tat a.B.c(B.java:1)",
                   "2026-09-21 14:11:18.002 ERROR failed: java.lang.IllegalArgumentException: no", "without a time",
                   "2026-09-21 14:11:18.003 INFO going on"}},
      {.name = "Groovy",
       .source = "Groovy, MultipleCompilationErrorsException",
       .records = {"org.codehaus.groovy.control.MultipleCompilationErrorsException: startup failed:\n"
                   "Script1.groovy: 1: Unexpected input: '}' @ line 1, column 5.\n"
                   "   x = }\n"
                   "       ^\n"
                   "\n"
                   "1 error\n"
                   "\n"
                   "\tat org.codehaus.groovy.control.ErrorCollector.failIfErrors(ErrorCollector.java:292)",
                   "next"}},
      {.name = "Guice",
       .source = "Guice 4, CreationException: places that look like frames inside the message",
       .records = {"Exception in thread \"main\" com.google.inject.CreationException: Unable to create injector:\n"
                   "\n"
                   "1) No implementation for com.example.A was bound.\n"
                   "  at com.example.Module.configure(Module.java:12)\n"
                   "\n"
                   "2) No implementation for com.example.B was bound.\n"
                   "  at com.example.Module.configure(Module.java:13)\n"
                   "\n"
                   "2 errors\n"
                   "\tat com.google.inject.internal.Errors.throwCreationExceptionIfErrorsExist(Errors.java:554)",
                   "next"}},
      {.name = "MessageThatHasAWordOfALevel",
       .source = "PostgreSQL JDBC behind a log line with a time",
       .records = {"2026-09-21 14:11:18.001 WARN batch\n"
                   "java.sql.BatchUpdateException: Batch entry 0 was aborted:\n"
                   "ERROR: duplicate key value violates unique constraint \"t_pkey\"\n"
                   "[part 2] Detail: Key (id)=(1) already exists.\n"
                   "\tat org.postgresql.jdbc.BatchResultHandler.handleError(BatchResultHandler.java:165)",
                   "2026-09-21 14:11:18.002 INFO next"}},
      {.name = "NoFramesAndNoLineBehind",
       .source = "hand-made: nothing proves that the lines belong to the exception",
       .records = {"2026-09-21 14:11:18.001 WARN failed\njava.lang.NullPointerException", "first", "second"}},
      {.name = "NoFramesBetweenAlikeRecords",
       .source = "hand-made: frames would have to follow",
       .records = {"2026-09-21 14:11:17.001 INFO a",
                   "2026-09-21 14:11:18.001 WARN failed\njava.lang.NullPointerException", "first", "second",
                   "2026-09-21 14:11:18.002 INFO b"}},
      {.name = "LineBehindFrames",
       .source = "hand-made",
       .records = {"2026-09-21 14:11:18.001 WARN failed\njava.lang.NullPointerException\n\tat a.B.c(B.java:1)", "first",
                   "2026-09-21 14:11:18.002 INFO b"}},
      {.name = "DoubtfulLineInFrontOfATrace",
       .source = "hand-made: of lines that are in doubt, the last belongs to the next trace",
       .records = {"java.lang.IllegalStateException: a", "first",
                   "second\njava.lang.IllegalStateException: b\n\tat a.B.c(B.java:1)", "next"}},
      {.name = "DotNetMessage",
       .source = ".NET 6: ArgumentException writes its parameter on a line of its own",
       .records = {"2026-09-21 14:11:17 [INF] starting",
                   "2026-09-21 14:11:18 [ERR] it failed\n"
                   "System.AggregateException: One or more errors occurred.\n"
                   "(first) (second)\n"
                   " ---> System.ArgumentException: bad\n"
                   "Parameter name: x\n"
                   "   at App.Inner() in /src/App.cs:line 5\n"
                   "   --- End of inner exception stack trace ---\n"
                   "--- End of stack trace from previous location where exception was thrown ---\n"
                   "   at App.Main() in /src/App.cs:line 9",
                   "2026-09-21 14:11:19 [INF] stopping"}},
      {.name = "DotNetUnhandled",
       .source = ".NET Framework and .NET",
       .records =
           {"Unhandled Exception: System.InvalidOperationException: a\nb\n   at App.Main() in /src/App.cs:line 9",
            "Unhandled exception. System.InvalidOperationException: a\nb\n   at App.Main() in /src/App.cs:line 9",
            "next"}},
      {.name = "DotNetConsoleLogger",
       .source = "Microsoft.Extensions.Logging, console formatter simple",
       .records = {"info: Microsoft.Hosting.Lifetime[14]", "      Now listening on: http://[::]:8080",
                   "fail: Microsoft.AspNetCore.Diagnostics.ExceptionHandlerMiddleware[1]\n"
                   "      An unhandled exception has occurred while executing the request.\n"
                   "      System.InvalidOperationException: bad\n"
                   "         at App.Get() in /src/App.cs:line 5",
                   "info: App[0]", "      next"}},
      {.name = "DotNetMono",
       .source = "https://github.com/GoogleCloudPlatform/fluent-plugin-detect-exceptions/blob/master/test/plugin/"
                 "test_exception_detector.rb",
       .records = {"System.Collections.Generic.KeyNotFoundException: The given key was not present.\n"
                   "  at File3.Consolidator_Class.Function5 (System.String param_4) [0x00007] in /src/a.cs:9",
                   "next"}},
  };
}

}  // namespace logsniffd::framing

#include "tests/unit/framing/join_case.hpp"

namespace logsniffd::framing {

std::vector<JoinCase> java_cases() {
  return {
      {.name = "Log4j",
       .source = "log4j 1.2, %d %p %c - %m%n",
       .records = {"2012-11-02 14:34:02,781 DEBUG org.example.Main - starting",
                   "2012-11-02 14:34:02,813 ERROR org.example.Main - it failed\n"
                   "java.lang.NullPointerException: name\n"
                   "\tat org.example.Main.run(Main.java:47)\n"
                   "\tat org.example.Main.main(Main.java:12)",
                   "2012-11-02 14:34:02,814 INFO org.example.Main - stopped"}},
      {.name = "CausesAndOmissions",
       .source = "Throwable.printStackTrace",
       .records = {"12:00:01 ERROR service - request 17 failed\n"
                   "javax.servlet.ServletException: Something bad happened\n"
                   "    at com.example.OpenSessionInViewFilter.doFilter(OpenSessionInViewFilter.java:60)\n"
                   "    at org.mortbay.jetty.Server.handle(Server.java:326)\n"
                   "Caused by: com.example.MyProjectServletException\n"
                   "    at com.example.MyServlet.doPost(MyServlet.java:169)\n"
                   "    ... 27 more\n"
                   "Caused by: java.sql.SQLException: Violation of unique constraint MY_ENTITY_UK_1\n"
                   "    at org.hsqldb.jdbc.Util.throwError(Unknown Source)\n"
                   "    ... 54 more",
                   "12:00:02 INFO service - request 18"}},
      {.name = "SuppressedInside",
       .source = "Throwable.printStackTrace, try with resources",
       .records = {"java.lang.RuntimeException: closing\n"
                   "\tat a.B.main(B.java:3)\n"
                   "\tSuppressed: java.io.IOException: disk\n"
                   "\t\tat a.B.close(B.java:9)\n"
                   "\t\t... 1 more\n"
                   "\tCaused by: java.lang.Error\n"
                   "\t\tat a.B.open(B.java:8)",
                   "next line"}},
      {.name = "UncaughtInAThread",
       .source = "JVM, default uncaught exception handler",
       .records = {"12:00:00 INFO ready",
                   "12:00:01 INFO serving\n"
                   "Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space\n"
                   "\tat a.B.main(B.java:3)",
                   "Exception in thread \"pool-1-thread-2\" java.lang.IllegalStateException\n"
                   "\tat a.C.run(C.java:5)",
                   "12:00:02 INFO still here"}},
      {.name = "TwoTracesInARow",
       .source = "Throwable.printStackTrace, twice",
       .records = {"java.io.IOException: one\n\tat a.B.c(B.java:1)", "java.io.IOException: two\n\tat a.B.c(B.java:1)"}},
      {.name = "ExceptionInTheLogLine",
       .source = "log4j 2, %m %ex on one line",
       .records = {"ERROR [main] it failed: java.lang.IllegalArgumentException: no\n"
                   "\tat a.B.c(B.java:1) ~[app.jar:1.2]\n"
                   "\tat a.B.main(B.java:2) [app.jar:1.2]",
                   "INFO [main] going on"}},
      {.name = "WithoutFrames",
       .source = "HotSpot, OmitStackTraceInFastThrow",
       .records = {"12:00:01 WARN handler - failed\njava.lang.NullPointerException", "12:00:02 WARN handler - retry",
                   "12:00:03 WARN handler - again"}},
      {.name = "LogbackRootCauseFirst",
       .source = "logback, %rEx",
       .records = {"14:00:00.001 [main] ERROR c.e.App - boot failed\n"
                   "java.net.ConnectException: Connection refused\n"
                   "\tat java.base/sun.nio.ch.Net.connect0(Native Method)\n"
                   "\t... 8 common frames omitted\n"
                   "Wrapped by: com.example.BootException: cannot boot\n"
                   "\tat com.example.App.main(App.java:10)",
                   "14:00:00.002 [main] INFO c.e.App - bye"}},
      {.name = "LogbackOmission",
       .source = "logback, %ex",
       .records = {"14:00:00.001 [main] ERROR c.e.App - boot failed\n"
                   "com.example.App$BootException: cannot boot\n"
                   "\tat com.example.App.main(App.java:10)\n"
                   "Caused by: java.net.ConnectException: Connection refused\n"
                   "\tat java.base/sun.nio.ch.Net.connect0(Native Method)\n"
                   "\t... 8 common frames omitted"}},
      {.name = "SpringBoot",
       .source = "Spring Boot 2, %wEx: an empty line around the trace, of which the last one is a record",
       .records = {"2023-05-01 10:00:00.001 ERROR 1 --- [nio-8080-exec-1] o.a.c.c.C.[.[.[/].[dispatcherServlet]    : "
                   "Servlet.service() threw exception\n"
                   "\n"
                   "java.lang.IllegalStateException: boom\n"
                   "\tat com.example.Demo.boom(Demo.java:21) ~[classes!/:na]\n"
                   "\tat java.base/java.lang.Thread.run(Thread.java:833) ~[na:na]",
                   "", "2023-05-01 10:00:00.009  INFO 1 --- [nio-8080-exec-2] c.e.Demo : fine"}},
      {.name = "SpringBootBanner",
       .source = "Spring Boot: empty lines that belong to no trace",
       .records = {":: Spring Boot ::                (v3.1.0)", "", "",
                   "2023-05-01T10:00:00.001Z  INFO 1 --- [main] c.e.Demo : Starting Demo", "",
                   "2023-05-01T10:00:01.001Z  INFO 1 --- [main] c.e.Demo : Started Demo"}},
      {.name = "JavaUtilLogging",
       .source = "java.util.logging.SimpleFormatter: its two lines are two records, the trace follows the second",
       .records = {"May 01, 2023 10:00:00 AM com.example.Main main",
                   "SEVERE: it failed\n"
                   "java.lang.ArithmeticException: / by zero\n"
                   "\tat com.example.Main.main(Main.java:7)",
                   "May 01, 2023 10:00:01 AM com.example.Main main", "INFO: done"}},
      {.name = "CircularReference",
       .source = "Throwable.printStackTrace",
       .records = {"java.lang.Exception: a\n\tat a.B.c(B.java:1)\nCaused by: java.lang.Exception: b\n"
                   "\tat a.B.d(B.java:2)\n\t[CIRCULAR REFERENCE: java.lang.Exception: a]"}},
      {.name = "Kotlin",
       .source = "Kotlin: a class that ends otherwise",
       .records = {"kotlin.NoWhenBranchMatched: x\n\tat a.BKt.main(B.kt:1)", "plain"}},
      {.name = "DotNet",
       .source = ".NET, Console.Error.WriteLine(exception)",
       .records = {"info: App[0] starting",
                   "fail: App[1] request failed\n"
                   "System.InvalidOperationException: outer\n"
                   " ---> System.ArgumentException: inner\n"
                   "   at App.Inner() in /src/App.cs:line 5\n"
                   "   --- End of inner exception stack trace ---\n"
                   "   at App.Main() in /src/App.cs:line 9",
                   "info: App[2] stopping"}},
      {.name = "NodeJs",
       .source = "Node.js, console.error(error)",
       .records = {"TypeError: x is not a function\n    at run (/app/index.js:3:5)\n    at node:internal/main:1:1",
                   "listening on 3000"}},
      {.name = "NamesThatAreNoExceptions",
       .source = "loggers that print their own name first",
       .records = {"com.example.Main: starting", "com.example.Main: started", "org.example.http.Server: listening",
                   "com.example.ErrorHandler: installed", "v1.2.Error of measurement: 3", "...Error: what"}},
      {.name = "IndentedLinesOutsideATrace",
       .source = "a program's own table",
       .records = {"usage:", "  run   start it", "\tstop  end it", "... 12 more", "at home"}},
      {.name = "LinesOfATraceAlone",
       .source = "a trace whose front was not captured",
       .records = {"\tat a.B.c(B.java:1)\n\tat a.B.d(B.java:2)\nCaused by: java.lang.Error\n\t... 3 more", "next"}},
  };
}

}  // namespace logsniffd::framing

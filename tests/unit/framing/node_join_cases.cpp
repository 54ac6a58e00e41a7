#include "tests/unit/framing/join_case.hpp"

namespace logsniffd::framing {

std::vector<JoinCase> node_cases() {
  return {
      {.name = "ObjectBehindTheFrames",
       .source = "Node.js 18, console.error of an error with a cause",
       .records = {"2026-09-21T14:11:17.000Z info ready",
                   "2026-09-21T14:11:18.000Z error request failed\n"
                   "Error: query failed\n"
                   "    at query (/app/db.js:9:11)\n"
                   "    at async /app/index.js:12:5 {\n"
                   "  code: 'EQUERY',\n"
                   "  [cause]: Error: connect ECONNREFUSED 127.0.0.1:5432\n"
                   "      at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1187:16) {\n"
                   "    errno: -111\n"
                   "  }\n"
                   "}",
                   "2026-09-21T14:11:19.000Z info ready"}},
      {.name = "MessageOfSeveralLines",
       .source = "Node.js, require of a module that is not there",
       .records = {"Error: Cannot find module 'x'\n"
                   "Require stack:\n"
                   "- /app/index.js\n"
                   "    at Module._resolveFilename (node:internal/modules/cjs/loader:1075:15)",
                   "TypeError [ERR_INVALID_ARG_TYPE]: two lines:\n"
                   "second\n"
                   "    at Object.openSync (node:fs:585:3)",
                   "listening on 3000"}},
      {.name = "Uncaught",
       .source = "Node.js 18",
       .records = {"/app/index.js:3\n"
                   "  throw new Error('bad');\n"
                   "  ^\n"
                   "\n"
                   "Error: bad\n"
                   "    at Object.<anonymous> (/app/index.js:3:9)\n"
                   "    at node:internal/main/run_main_module:23:47\n"
                   "\n"
                   "Node.js v18.16.0",
                   "next"}},
      {.name = "UnhandledEventBehindALogLine",
       .source = "Node.js 18",
       .records = {"2026-09-21T14:11:18.000Z info starting\n"
                   "node:events:491\n"
                   "      throw er; // Unhandled 'error' event\n"
                   "      ^\n"
                   "\n"
                   "Error: listen EADDRINUSE: address already in use :::3000\n"
                   "    at Server.setupListenHandle [as _listen2] (node:net:1463:16)\n"
                   "Emitted 'error' event on Server instance at:\n"
                   "    at emitErrorNT (node:net:1442:8) {\n"
                   "  code: 'EADDRINUSE'\n"
                   "}\n"
                   "\n"
                   "Node.js v18.16.0",
                   "2026-09-21T14:11:19.000Z info starting"}},
      {.name = "ErrorsWithoutFrames",
       .source = "hand-made",
       .records = {"2026-09-21T14:11:18.000Z info a", "Error: one", "plain", "2026-09-21T14:11:18.000Z info b",
                   "Error: two", "Error: three", "/app/index.js:3", "ready"}},
  };
}

}  // namespace logsniffd::framing

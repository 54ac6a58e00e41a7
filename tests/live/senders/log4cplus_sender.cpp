// log4cplus_sender PORT COUNT tcp|udp: sends messages with log4cplus's SysLogAppender to another host.
#include <log4cplus/initializer.h>
#include <log4cplus/layout.h>
#include <log4cplus/logger.h>
#include <log4cplus/loggingmacros.h>
#include <log4cplus/syslogappender.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const log4cplus::Initializer initializer;
  const bool tcp = std::string_view(argv[3]) == "tcp";
  const auto type = tcp ? log4cplus::SysLogAppender::RSTTcp : log4cplus::SysLogAppender::RSTUdp;
  log4cplus::SharedAppenderPtr appender(
      new log4cplus::SysLogAppender("shop", "127.0.0.1", std::atoi(argv[1]), "local3", type));
  appender->setLayout(std::make_unique<log4cplus::PatternLayout>("%m"));
  log4cplus::Logger logger = log4cplus::Logger::getInstance("shop.cart");
  logger.addAppender(appender);
  logger.setLogLevel(log4cplus::ALL_LOG_LEVEL);
  constexpr log4cplus::LogLevel kLevels[] = {log4cplus::DEBUG_LOG_LEVEL, log4cplus::INFO_LOG_LEVEL,
                                             log4cplus::WARN_LOG_LEVEL, log4cplus::ERROR_LOG_LEVEL,
                                             log4cplus::FATAL_LOG_LEVEL};
  for (int i = 0; i < std::atoi(argv[2]); ++i) {
    logger.log(kLevels[i % 5], "item " + std::to_string(i) + " of anna's cart");
  }
  return 0;
}

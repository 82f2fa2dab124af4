#include "coordinator/service/logging.hpp"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace scanyard::service {
namespace {

spdlog::logger& logger() {
  static const auto instance = [] {
    auto made = spdlog::stderr_logger_mt("coordinator");
    made->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %n: %v", spdlog::pattern_time_type::utc);
    made->flush_on(spdlog::level::debug);
    return made;
  }();
  return *instance;
}

spdlog::level::level_enum level_of(core::LogLevel level) {
  switch (level) {
    case core::LogLevel::debug:
      return spdlog::level::debug;
    case core::LogLevel::info:
      return spdlog::level::info;
    case core::LogLevel::warning:
      break;
  }
  return spdlog::level::warn;
}

}  // namespace

void start_logging(const std::string& level) {
  logger().set_level(spdlog::level::from_str(level == "warning" ? "warn"
                                             : level == "error" ? "err"
                                                                : level));
}

void log_event(const core::LogEvent& event) {
  const auto level = level_of(event.level);
  // At full speed most events are debug lines that nobody reads: do not even format them.
  if (!logger().should_log(level)) return;
  std::string line(event.event);
  if (event.run) line += " run=" + event.run->short_hex();
  if (event.token) line += " token=" + event.token->to_string();
  if (!event.worker.empty()) line += " worker=" + event.worker;
  if (!event.detail.empty()) line += " " + event.detail;
  logger().log(level, line);
}

void log_info(const std::string& line) {
  logger().info(line);
}
void log_warning(const std::string& line) {
  logger().warn(line);
}
void log_error(const std::string& line) {
  logger().error(line);
}

}  // namespace scanyard::service

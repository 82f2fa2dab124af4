#include "worker/agent/log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

namespace scanyard::worker {

void set_up_log(const std::string& level) {
  auto logger =
      std::make_shared<spdlog::logger>("worker", std::make_shared<spdlog::sinks::stderr_sink_st>());
  logger->set_formatter(std::make_unique<spdlog::pattern_formatter>(
      "%Y-%m-%dT%H:%M:%S.%eZ %l %n %v", spdlog::pattern_time_type::utc));
  logger->set_level(spdlog::level::from_str(level));
  logger->flush_on(spdlog::level::trace);
  spdlog::set_default_logger(std::move(logger));
}

std::string format_event(const std::string& event,
                         const std::vector<std::pair<std::string, std::string>>& values) {
  std::string line = event;
  for (const auto& [key, value] : values) {
    line += ' ' + key + '=';
    const bool plain = !value.empty() && value.find_first_of(" \"\\=\t\n\r") == std::string::npos;
    if (plain) {
      line += value;
      continue;
    }
    line += '"';
    for (const char c : value) {
      if (c == '"' || c == '\\') line += '\\';
      line += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    line += '"';
  }
  return line;
}

void log_line(spdlog::level::level_enum level, const std::string& event,
              const std::vector<std::pair<std::string, std::string>>& values) {
  spdlog::log(level, "{}", format_event(event, values));
}

void log_note(const Note& note) {
  const auto level = note.level == Note::Level::error     ? spdlog::level::err
                     : note.level == Note::Level::warning ? spdlog::level::warn
                                                          : spdlog::level::info;
  log_line(level, note.event, note.values);
}

}  // namespace scanyard::worker

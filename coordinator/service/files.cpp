#include "coordinator/service/files.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "coordinator/service/errc.hpp"

namespace scanyard::service {

Result<std::string> read_text_file(const std::filesystem::path& path, std::size_t bytes_max) {
  std::error_code failed;
  const auto status = std::filesystem::status(path, failed);
  if (!std::filesystem::exists(status))
    return fail(errc::no_such_file, fmt::format("{}: there is no such file", path.string()));
  if (std::filesystem::is_directory(status))
    return fail(errc::file_failed, fmt::format("{} is a folder, not a file", path.string()));
  std::ifstream in(path, std::ios::binary);
  if (!in)
    return fail(errc::file_failed, fmt::format("{}: {}", path.string(), std::strerror(errno)));
  std::string text;
  char block[1 << 16];
  while (in.read(block, sizeof block) || in.gcount() > 0) {
    text.append(block, static_cast<std::size_t>(in.gcount()));
    if (text.size() > bytes_max) {
      return fail(errc::file_failed,
                  fmt::format("{} is larger than {} bytes", path.string(), bytes_max));
    }
  }
  return text;
}

}  // namespace scanyard::service

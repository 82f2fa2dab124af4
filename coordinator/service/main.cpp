//! scanyard: the coordinator and the whole command line. Commands are in cli/.
#include "coordinator/service/cli/commands.hpp"

int main(int argument_count, char** arguments) {
  using namespace scanyard::service::cli;
  return run_command_line(all_commands(), argument_count, arguments);
}

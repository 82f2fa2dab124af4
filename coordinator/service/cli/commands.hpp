//! Every command of `scanyard`, one file each.
#pragma once

#include "coordinator/service/cli/command.hpp"

namespace scanyard::service::cli {

std::unique_ptr<Command> make_cancel();
std::unique_ptr<Command> make_demo();
std::unique_ptr<Command> make_drain();
std::unique_ptr<Command> make_explain();
std::unique_ptr<Command> make_init();
std::unique_ptr<Command> make_key_add();
std::unique_ptr<Command> make_key_list();
std::unique_ptr<Command> make_key_remove();
std::unique_ptr<Command> make_pause();
std::unique_ptr<Command> make_plan();
std::unique_ptr<Command> make_priority();
std::unique_ptr<Command> make_results();
std::unique_ptr<Command> make_resume();
std::unique_ptr<Command> make_retry();
std::unique_ptr<Command> make_schema();
std::unique_ptr<Command> make_serve();
std::unique_ptr<Command> make_status();
std::unique_ptr<Command> make_submit();
std::unique_ptr<Command> make_watch();
std::unique_ptr<Command> make_workers();

/// In the order of --help.
Commands all_commands();

}  // namespace scanyard::service::cli

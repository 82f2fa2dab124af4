//! What commands have in common: finding the coordinator, asking it, printing.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "common/protocol/client.hpp"
#include "coordinator/service/cli/command.hpp"
#include "coordinator/service/client/client.hpp"

namespace scanyard::service::cli {

/// A client for the coordinator that the options name: --join, else SCANYARD_JOIN, else the
/// client's join file of the home. Errors: service.no_home, net.*.
Result<std::unique_ptr<Client>> open_client(const Globals& globals);

/// Asks one question and parses the answer. Errors: those of Client::ask.
Result<nlohmann::ordered_json> ask(const Globals& globals,
                                   const protocol::ClientQuestion& question);
Result<nlohmann::ordered_json> ask(Client& client, const protocol::ClientQuestion& question);

/// Asks a command's question and prints its sentence, or the answer's JSON.
ExitCode ask_and_print_message(const Globals& globals, const protocol::ClientQuestion& question,
                               bool as_json);

/// Two spaces of indent.
void print_json(const nlohmann::ordered_json& json);

/// Columns as wide as their widest cell; the first row is the heading. Numbers are aligned right.
/// On a terminal that is too narrow the texts of column `clip` lose their ends.
void print_table(std::vector<std::vector<std::string>> rows, std::size_t clip = 0);

/// Lines that fit the terminal, broken at blanks: the first begins with `first`, others with
/// `next`.
void print_wrapped(const std::string& first, const std::string& text, const std::string& next);

/// Columns of the terminal, or 100 where there is none.
int terminal_width();
bool stdout_is_terminal();

/// "2026-11-22T14:00:00Z".
std::string utc_now();

}  // namespace scanyard::service::cli

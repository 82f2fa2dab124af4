#include "coordinator/service/cli/commands.hpp"

namespace scanyard::service::cli {

Commands all_commands() {
  Commands all;
  all.push_back(make_demo());
  all.push_back(make_init());
  all.push_back(make_serve());
  all.push_back(make_plan());
  all.push_back(make_submit());
  all.push_back(make_status());
  all.push_back(make_watch());
  all.push_back(make_results());
  all.push_back(make_explain());
  all.push_back(make_cancel());
  all.push_back(make_retry());
  all.push_back(make_pause());
  all.push_back(make_resume());
  all.push_back(make_priority());
  all.push_back(make_workers());
  all.push_back(make_drain());
  all.push_back(make_key_add());
  all.push_back(make_key_list());
  all.push_back(make_key_remove());
  all.push_back(make_schema());
  return all;
}

}  // namespace scanyard::service::cli

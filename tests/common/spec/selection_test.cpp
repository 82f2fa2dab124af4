#include "common/spec/selection.hpp"

#include <catch2/catch_test_macros.hpp>

#include "common/spec/selection_reader.hpp"
#include "tests/common/spec/small_vocabulary.hpp"

namespace scanyard::spec {
namespace {

TEST_CASE("every report and metric survives the trip through its text") {
  for (const auto text : reported_epoch_texts())
    CHECK(to_text(reported_epoch_from_text(text).value()) == text);
  for (const auto text : metric_texts())
    CHECK(to_text(metric_from_text(text).value()) == text);
  CHECK_FALSE(reported_epoch_from_text("first"));
  CHECK_FALSE(metric_from_text("loss"));
}

TEST_CASE("without a word the best over the replicas' numbers is shown") {
  const Selection selection = default_selection(small_vocabulary());
  CHECK(selection.report == ReportedEpoch::lowest_test_perplexity);
  CHECK(selection.metric == Metric::accuracy);
  CHECK(selection.maximise == std::vector<std::string>{"lr", "lr_min", "seed", "weight_decay"});
  CHECK(selection.average.empty());
  CHECK(selection.decimals == 3);
}

Selection selection_of(const std::string& yaml) {
  const auto document = yaml::parse(yaml, "s.yaml");
  REQUIRE(document);
  Selection selection = default_selection(small_vocabulary());
  const auto done = read_selection("s.yaml", document->root, Names(small_vocabulary(), {}), selection);
  INFO((done ? "" : done.error().to_string()));
  REQUIRE(done);
  return selection;
}

TEST_CASE("each line of a selection replaces one line of what was there") {
  const Selection selection = selection_of("metric: perplexity\ndecimals: 1\n");
  CHECK(selection.metric == Metric::perplexity);
  CHECK(selection.decimals == 1);
  CHECK(selection.maximise.size() == 4);
}

TEST_CASE("a key that moves between best and mean is named where it goes to") {
  const Selection mean = selection_of("average: seed\n");
  CHECK(mean.average == std::vector<std::string>{"seed"});
  CHECK(mean.maximise == std::vector<std::string>{"lr", "lr_min", "weight_decay"});
  CHECK(selection_of("maximise: []\n").maximise.empty());
}

}  // namespace
}  // namespace scanyard::spec

#include <fmt/format.h>

#include <algorithm>

#include "common/tables/render.hpp"
#include "common/text.hpp"

namespace scanyard::tables {
namespace {

/// A block of the grid: headings of rows, or all that is said of one column of the table.
struct Block {
  std::string heading;                          ///< over the whole block
  std::vector<std::string> titles;              ///< one per text column
  std::vector<std::vector<std::string>> lines;  ///< [row][text column]
  bool right = true;                            ///< numbers stand to the right
};

std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}

std::string padded(const std::string& text, std::size_t width, bool right) {
  const std::string blanks(width - std::min(width, width_of(text)), ' ');
  return right ? blanks + text : text + blanks;
}

std::vector<std::size_t> widths_of(const Block& block) {
  std::vector<std::size_t> widths;
  std::size_t all = 0;
  for (std::size_t i = 0; i < block.titles.size(); ++i) {
    std::size_t width = width_of(block.titles[i]);
    for (const auto& line : block.lines)
      width = std::max(width, width_of(line[i]));
    widths.push_back(width);
    all += width + (i > 0 ? 2 : 0);
  }
  // A heading that is wider than what stands under it widens the last column.
  const std::size_t heading = width_of(block.heading);
  if (!widths.empty() && heading > all) widths.back() += heading - all;
  return widths;
}

std::size_t width_of(const Block& block) {
  std::size_t width = 0;
  for (const std::size_t one : widths_of(block))
    width += one + 2;
  return width - std::min<std::size_t>(width, 2);
}

std::string joined(const std::vector<std::string>& texts, const std::vector<std::size_t>& widths,
                   bool right) {
  std::string line;
  for (std::size_t i = 0; i < texts.size(); ++i)
    line += (i > 0 ? "  " : "") + padded(texts[i], widths[i], right);
  return line;
}

void trim_end(std::string& line) {
  line.erase(line.find_last_not_of(' ') + 1);
}

Block row_headings(const ResultsTable& table) {
  Block block;
  block.titles = table.row_keys;
  block.right = false;
  for (const auto& row : table.rows)
    block.lines.push_back(row.values);
  return block;
}

/// Which of the optional text columns there is something to say in.
struct Shown {
  bool published = false, spread = false, failed = false, diverged = false;

  void add(const TableCell& cell) {
    published |= cell.summary.published.has_value();
    spread |= cell.summary.standard_deviation.has_value();
    failed |= cell.failed() > 0;
    diverged |= cell.diverged() > 0;
  }
};

Shown shown_in_column(const ResultsTable& table, std::size_t column) {
  Shown shown;
  for (std::size_t row = 0; row < table.rows.size(); ++row)
    shown.add(table.at(row, column));
  return shown;
}

Shown shown_in_table(const ResultsTable& table) {
  Shown shown;
  for (const auto& cell : table.cells)
    shown.add(cell);
  return shown;
}

std::vector<std::string> cell_texts(const TableCell& cell, const Shown& shown) {
  const bool absent = cell.status == CellStatus::absent;
  const auto count = [&](std::uint64_t n) { return absent ? "" : std::to_string(n); };
  std::vector<std::string> texts = {absent ? "" : cell.value_text};
  if (shown.published) {
    texts.push_back(cell.published_text);
    texts.push_back(cell.difference_text);
  }
  if (shown.spread) texts.push_back(cell.spread_text);
  texts.push_back(count(cell.solved()));
  texts.push_back(absent ? "" : cell.count_text);
  if (shown.diverged) texts.push_back(count(cell.diverged()));
  if (shown.failed) texts.push_back(count(cell.failed()));
  return texts;
}

Block column_block(const ResultsTable& table, std::size_t column) {
  const Shown shown = shown_in_column(table, column);
  Block block;
  block.heading = table.columns[column].label;
  block.titles = {"value"};
  if (shown.published) block.titles.insert(block.titles.end(), {"paper", "diff"});
  if (shown.spread) block.titles.emplace_back("mean ± sd");
  block.titles.insert(block.titles.end(), {"solved", "n"});
  if (shown.diverged) block.titles.emplace_back("div.");
  if (shown.failed) block.titles.emplace_back("fail.");
  for (std::size_t row = 0; row < table.rows.size(); ++row)
    block.lines.push_back(cell_texts(table.at(row, column), shown));
  return block;
}

/// One grid: row headings and some columns beside them.
std::string grid(const std::vector<const Block*>& blocks) {
  const std::string gap = "   ";
  std::string headings, titles, rule;
  for (const auto* block : blocks) {
    const auto widths = widths_of(*block);
    const std::string space = titles.empty() ? "" : gap;
    headings += space + padded(block->heading, width_of(*block), false);
    titles += space + joined(block->titles, widths, block->right);
    rule += space + std::string(width_of(*block), '-');
  }
  trim_end(headings);
  trim_end(titles);
  std::string text = (headings.empty() ? "" : headings + "\n") + titles + "\n" + rule + "\n";
  for (std::size_t row = 0; row < blocks.front()->lines.size(); ++row) {
    std::string line;
    for (const auto* block : blocks)
      line += (block == blocks.front() ? "" : gap) +
              joined(block->lines[row], widths_of(*block), block->right);
    trim_end(line);
    text += line + "\n";
  }
  return text;
}

/// Breaks at blanks; lines after the first are indented.
std::string wrapped(const std::string& text, std::size_t width) {
  std::string out, line;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    if (!line.empty() && width_of(line) + 1 + width_of(word) > width) {
      out += line + "\n";
      line = "  " + word;
    } else {
      line += (line.empty() ? "" : " ") + word;
    }
    at = end + 1;
  }
  return out + line + "\n";
}

std::string title_line(const ResultsTable& table) {
  const auto& c = table.counts;
  std::string text =
      fmt::format("{} (sweep {}): {}, {} of {} runs done", table.title, table.sweep.value,
                  table.state, with_thousands(c.done()), with_thousands(c.total()));
  if (c.running > 0) text += fmt::format(", {} running", with_thousands(c.running));
  if (c.queued > 0) text += fmt::format(", {} queued", with_thousands(c.queued));
  if (c.failed > 0) text += fmt::format(", {} failed", with_thousands(c.failed));
  if (c.cancelled > 0) text += fmt::format(", {} cancelled", with_thousands(c.cancelled));
  return text + "\n";
}

std::string legend(const ResultsTable& table, const Shown& shown, std::size_t width) {
  std::string text = "n: runs with a result of all runs. solved: ended early above the threshold.";
  if (shown.spread) text += " mean ± sd: over the runs with a value.";
  if (shown.published) text += " paper: the published number; diff: value minus it.";
  if (shown.diverged) text += " div.: results whose loss stopped being finite, counted in n.";
  if (shown.failed) text += " fail.: runs without a result.";
  return wrapped(table.protocol, width) + wrapped(text, width);
}

}  // namespace

std::string render_text(const ResultsTable& table, int width_max) {
  const auto width = static_cast<std::size_t>(std::max(width_max, 40));
  std::string text = title_line(table);
  if (table.rows.empty()) return text + "no cells\n";
  const Block rows = row_headings(table);
  std::vector<Block> columns;
  for (std::size_t column = 0; column < table.columns.size(); ++column)
    columns.push_back(column_block(table, column));
  std::size_t next = 0;
  while (next < columns.size()) {
    std::vector<const Block*> line = {&rows};
    std::size_t used = width_of(rows);
    do {
      used += 3 + width_of(columns[next]);
      line.push_back(&columns[next]);
      ++next;
    } while (next < columns.size() && used + 3 + width_of(columns[next]) <= width);
    text += "\n" + grid(line);
  }
  return text + "\n" + legend(table, shown_in_table(table), width);
}

}  // namespace scanyard::tables

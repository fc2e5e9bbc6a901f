// SPDX-License-Identifier: Apache-2.0
#include "app/demo_host.h"

#include <fmt/format.h>

#include "port/user_error.h"

namespace m531x::app {
namespace {

using Who = DemoView::Who;

constexpr std::size_t kReadBytes = 4096;

}  // namespace

DemoHost::DemoHost(port::EventLoop& loop, const DemoView& view, std::vector<DemoStep> steps,
                   std::shared_ptr<port::ByteStream> line, Done done)
    : loop_(loop),
      view_(view),
      steps_(std::move(steps)),
      line_(std::move(line)),
      done_(std::move(done)) {}

void DemoHost::start() {
  wait();
  begin_step();
}

void DemoHost::begin_step() {
  figures_found_ = 0;
  content_.clear();
  if (!step().heading.empty()) view_.heading(step().heading);
  const auto typed = typed_with(step().typed, message_id_);
  if (!typed) return finish(fmt::format("no message id came for {}", step().typed));
  view_.line(Who::host, *typed);
  const std::string line = *typed + '\r';
  const Bytes bytes = line;
  if (line_->write(std::span(&bytes, 1)).byte_count != line.size()) {
    finish("the PTY did not take a whole line");
  }
}

void DemoHost::wait() {
  line_->wait_readable([this] {
    const auto room = loop_.read_buffer(kReadBytes);
    const auto result = line_->read(room);
    if (result.error != 0) return finish("the PTY failed: " + port::words_of(result.error));
    for (const transcript::ModemRecord& record : records_.take({room.data(), result.byte_count})) {
      if (!finished_) heard(record);
    }
    if (!finished_) wait();
  });
}

void DemoHost::heard(const transcript::ModemRecord& record) {
  const std::string_view text = record.text();
  view_.line(Who::modem, text, record.data);
  if (record.kind == transcript::ModemRecord::Kind::content) content_ += record.data;
  const auto& figures = step().figures;
  if (figures_found_ < figures.size() && matches(figures[figures_found_], text, message_id_)) {
    ++figures_found_;
  }
  if (text == "ERROR") return finish(step().typed + " was refused");
  if (matches(step().awaited, text, message_id_)) end_step();
}

void DemoHost::end_step() {
  const auto& figures = step().figures;
  if (figures_found_ < figures.size()) {
    return finish(fmt::format("{} did not come, or not in its place", figures[figures_found_]));
  }
  if (!step().content.empty() && content_ != step().content) {
    return finish("the content is not what was to come: " + step().typed);
  }
  if (step_ + 1 == steps_.size()) return finish("");
  ++step_;
  begin_step();
}

void DemoHost::finish(std::string fault) {
  if (std::exchange(finished_, true)) return;
  done_(std::move(fault));
}

}  // namespace m531x::app

// SPDX-License-Identifier: Apache-2.0
#include "port/serial_port.h"

#include <fcntl.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "port/serial_settings.h"
#include "port/serial_stream.h"
#include "port/user_error.h"

namespace m531x::port {
namespace {

// A port that is lost sooner than this after it was opened is not tried again until something
// changes.
constexpr Millis kSoon{1000};

bool is_serial_rate(std::uint32_t baud) {
  return std::ranges::find(kSerialRates, baud) != kSerialRates.end();
}

bool is_missing(int error) {
  return error == ENOENT || error == ENOTDIR || error == ENXIO || error == ENODEV || error == EIO;
}

// Every byte as it is.
bool set_up(int fd, const Uart& uart) {
  termios line{};
  if (::tcgetattr(fd, &line) != 0) return false;
  ::cfmakeraw(&line);
  line.c_cflag &= ~static_cast<tcflag_t>(HUPCL);
  line.c_cflag |= CLOCAL | CREAD;
  line.c_cc[VMIN] = 1;
  line.c_cc[VTIME] = 0;
  set_uart(line, uart);
  return ::tcsetattr(fd, TCSANOW, &line) == 0;
}

}  // namespace

SerialName parse_serial_name(std::string_view text, std::uint32_t default_baud,
                             std::string_view option) {
  SerialName name{std::string(text), default_baud};
  const auto at = text.rfind('@');
  if (at != std::string_view::npos && text.find('/', at) == std::string_view::npos) {
    const auto rate = text.substr(at + 1);
    const auto [end, error] = std::from_chars(rate.data(), rate.data() + rate.size(), name.baud);
    if (error != std::errc() || end != rate.data() + rate.size() || !is_serial_rate(name.baud)) {
      throw UserError(std::string(option) + " " + std::string(text) +
                      ": the rate must be one of the usual ones from 1200 to 921600");
    }
    name.device = text.substr(0, at);
  }
  if (name.device.empty()) throw UserError(std::string(option) + ": the device has no name");
  return name;
}

UniqueFd open_serial(const std::string& device, const Uart& uart) {
  UniqueFd fd(::open(device.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  if (!fd.valid() || set_up(fd.get(), uart)) return fd;
  const int error = errno;
  fd.reset();
  errno = error;
  return fd;
}

SerialPort::SerialPort(EventLoop& loop, SerialName name, Opened opened, Missing missing)
    : loop_(loop),
      name_(std::move(name)),
      opened_(std::move(opened)),
      missing_(std::move(missing)),
      watch_(loop, name_.device) {}

void SerialPort::open_first() {
  if (auto stream = try_open()) return opened_(std::move(stream));
  const int error = errno;
  if (error == ENOTTY || error == EISDIR) {
    throw UserError("--serial " + name_.device + ": it is not a serial port");
  }
  if (!is_missing(error)) {
    throw UserError("--serial " + name_.device + ": cannot open it: " + words_of(error));
  }
  missing_();
  wait();
  retry();
}

void SerialPort::reopen() {
  missing_();
  wait();
  if (loop_.now() - opened_at_ >= kSoon) retry();
}

void SerialPort::wait() {
  // A port that another program has for itself is free when that one closes it. Otherwise a close
  // is not waited for: it would be that of our own last attempt.
  const auto until = is_busy_ ? FileWatch::Until::changed_or_closed : FileWatch::Until::changed;
  watch_.wait(until, [this] {
    wait();
    retry();
  });
}

void SerialPort::retry() {
  auto stream = try_open();
  if (!stream) {
    const bool was_busy = std::exchange(is_busy_, errno == EBUSY);
    if (!is_busy_ || was_busy) return;
    wait();
    return retry();
  }
  watch_.cancel();
  opened_(std::move(stream));
}

std::shared_ptr<ByteStream> SerialPort::try_open() {
  const Uart uart = {.baud = name_.baud};
  UniqueFd fd = open_serial(name_.device, uart);
  if (!fd.valid()) return nullptr;
  ::ioctl(fd.get(), TIOCEXCL);
  opened_at_ = loop_.now();
  return std::make_shared<SerialStream>(loop_, std::move(fd), uart);
}

}  // namespace m531x::port

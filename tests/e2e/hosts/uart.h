// SPDX-License-Identifier: Apache-2.0
// What a microcontroller has: a UART that sends bytes and receives them one by one, a millisecond
// tick, and a log. Each host in this folder is a program of its own: HOST DEVICE URL.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static int uart_fd = -1;

// Says why and ends the program; the test shows it.
static inline void fail(const char* why, const char* seen) {
  printf("FAILED: %s: %s\n", why, seen);
  exit(1);
}

static inline long tick_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline void uart_set_speed(speed_t speed) {
  struct termios line;
  tcgetattr(uart_fd, &line);
  cfmakeraw(&line);
  cfsetspeed(&line, speed);
  tcsetattr(uart_fd, TCSANOW, &line);
}

static inline void uart_open(const char* device, speed_t speed) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  uart_fd = open(device, O_RDWR | O_NOCTTY);
  if (uart_fd < 0) fail("cannot open the line", device);
  uart_set_speed(speed);
}

static inline void uart_send(const char* data, size_t size) {
  while (size > 0) {
    const ssize_t sent = write(uart_fd, data, size);
    if (sent <= 0) fail("cannot send", data);
    data += sent;
    size -= (size_t)sent;
  }
}

static inline void uart_puts(const char* text) { uart_send(text, strlen(text)); }

// The next byte; -1 when none comes in time.
static inline int uart_getc(long timeout_ms) {
  struct pollfd line = {.fd = uart_fd, .events = POLLIN};
  char byte = 0;
  if (poll(&line, 1, (int)timeout_ms) <= 0 || read(uart_fd, &byte, 1) != 1) return -1;
  return (unsigned char)byte;
}

// Whether `end` comes in time; what came with it, as far as there is room, is in `buffer`.
static inline bool uart_read_until(char* buffer, size_t room, const char* end, long timeout_ms) {
  const long until = tick_ms() + timeout_ms;
  size_t size = 0;
  buffer[0] = '\0';
  while (strstr(buffer, end) == NULL) {
    const long left = until - tick_ms();
    const int byte = left > 0 ? uart_getc(left) : -1;
    if (byte < 0) return false;
    if (size + 1 == room) memmove(buffer, buffer + 1, --size);
    buffer[size++] = (char)byte;
    buffer[size] = '\0';
  }
  return true;
}

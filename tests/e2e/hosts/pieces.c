// SPDX-License-Identifier: Apache-2.0
// A small bare-metal host for the M5313 (8-bit, 100 bytes of buffer). An answer is all bytes but CR
// and LF up to the first OK; success of a request is one literal run of bytes: the last record's
// line and the two bytes of the content. The content goes out as hex, 127 bytes at a time.
#include "uart.h"

enum { kBufferBytes = 100, kPieceBytes = 127 };

static char answer[kBufferBytes];

static const char* command(const char* name, const char* option) {
  size_t size = 0;
  memset(answer, 0, sizeof answer);
  uart_puts(name);
  uart_puts(option);
  uart_puts("\r\n");
  for (const long until = tick_ms() + 3000; tick_ms() < until;) {
    const int byte = uart_getc(10);
    if (byte < 0 || byte == '\r' || byte == '\n') continue;
    answer[size++] = (char)byte;
    if (size >= 2 && answer[size - 2] == 'O' && answer[size - 1] == 'K') return answer;
    if (size == sizeof answer - 1) return answer;
  }
  fail(name, answer);
  return answer;
}

// One pass, no way back: a byte that does not fit begins anew with the next one.
static bool wait_for(const char* pattern, long timeout_ms) {
  size_t at = 0;
  for (const long until = tick_ms() + timeout_ms; tick_ms() < until;) {
    const int byte = uart_getc(10);
    if (byte < 0) continue;
    at = byte == pattern[at] ? at + 1 : 0;
    if (pattern[at] == '\0') return true;
  }
  return false;
}

static void start(void) {
  if (!wait_for("+CPIN: READY", 9000)) fail("no module", "");
  command("at+IPR=", "9600");
  uart_set_speed(B9600);
  command("AT&W", "");
  command("ATE", "1");
  command("AT+CFGDUALMODE=1,", "1");
  command("AT+CFGRATPRIO=", "4");
  if (!wait_for("+CTZV:", 60000)) fail("never registered", "");
  const char* const registration = strstr(command("AT+CEREG", "?"), "+CEREG: 0,");
  if (registration == NULL || registration[10] != '1') fail("not registered", answer);
  printf("imei %.15s\n", strstr(command("AT+GSN", ""), "86"));
  if (strstr(command("AT+COPS", "?"), "+COPS:") == NULL) fail("no network", answer);
  const char* const signal = strstr(strstr(command("AT+CSQ", ""), "+CSQ:"), ",");
  printf("signal %d\n", (signal[-2] - '0') * 10 + signal[-1] - '0');
}

static void content_as_hex(const char* content) {
  char line[2 * kPieceBytes + 3];
  for (size_t left = strlen(content); left > 0;) {
    const size_t size = left < kPieceBytes ? left : kPieceBytes;
    for (size_t i = 0; i < size; ++i) {
      snprintf(line + 2 * i, 3, "%02X", (unsigned char)content[i]);
    }
    strcpy(line + 2 * size, ",1");
    command("AT+HTTPCONTENT=0,", line);
    content += size;
    left -= size;
  }
}

int main(int count, char** arguments) {
  static char content[1000];
  size_t size = 0;
  if (count != 3) fail("use: HOST DEVICE URL", "");
  uart_open(arguments[1], B57600);
  start();
  command("AT+HTTPCREATE=", arguments[2]);
  command("AT+HTTPHEADER=0,", "\"Content-Type: application/json\\r\\n\"");
  for (int n = 0; size < 900; ++n) {
    size += (size_t)snprintf(content + size, sizeof content - size, "{\"sensor\":\"%d\",\"open\":%d},", n,
                             n * 7);
  }
  content_as_hex(content);
  command("ATE", "0");
  command("AT+HTTPSEND=0,1,", "/alarm");
  if (!wait_for("+HTTPNMIC:0,0,2,2\r\nOK", 20000)) fail("the server has not said OK", "");
  command("AT+HTTPCLOSE", "=0");
  printf("sent %zu\ndone\n", size);
  return 0;
}

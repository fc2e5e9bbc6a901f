// SPDX-License-Identifier: Apache-2.0
// A bare-metal host: DMA fills 128 bytes, a table of steps says what to send and which text has to
// be among what came. Sending clears the buffer, and with it whatever had not been looked at. The
// instance is closed as soon as CONNECT OK is there: the request is trusted to be under way.
#include "uart.h"

static char buffer[128];
static size_t received;

struct step {
  const char* send;
  const char* expect;  // "" = whatever comes within 100 ms
  long timeout_ms;
};

static void run_step(const struct step* step) {
  memset(buffer, 0, sizeof buffer);
  received = 0;
  uart_puts(step->send);
  const long until = tick_ms() + step->timeout_ms;
  while (tick_ms() < until) {
    const int byte = uart_getc(10);
    if (byte >= 0 && received < sizeof buffer - 1) buffer[received++] = (char)byte;
    if (step->expect[0] != '\0' && strstr(buffer, step->expect) != NULL) return;
  }
  if (step->expect[0] != '\0') fail(step->send, buffer);
}

// The clock is read at the places where it stands: +CCLK:yy/mm/dd,hh:mm:ss+zz
static void set_clock(void) {
  const struct step ask = {"AT+CCLK?\r\n", "OK", 2000};
  run_step(&ask);
  const char* const answer = strstr(buffer, "+CCLK");
  if (answer == NULL) fail("no clock", buffer);
  printf("clock 20%.2s-%.2s-%.2s %.2s:%.2s:%.2s\n", answer + 6, answer + 9, answer + 12, answer + 15,
         answer + 18, answer + 21);
}

int main(int count, char** arguments) {
  static char create[128];
  static const char kContent[] =
      "AT+HTTPCONTENT=0,\"data={'Iden':{'Prod_Id':'BU01','Dev_Key':'1234567'},'Data':{'Bat_Vot':3.71"
      ",'Ati_Roll':-0.52,'Ati_Pitch':1.07,'Snr_Dist':2.40,'Wqt_Tmpt':17.3,'Wqt_Ph':7.2}}\"\r\n";
  const struct step steps[] = {
      {"AT+HTTPCLOSE=0\r\n", "", 100},  // what an earlier run may have left
      {"AT\r\n", "OK\r\n", 2000},
      {"AT+CEREG=4\r\n", "OK\r\n", 2000},
      {create, "+HTTPCREATE:", 5000},
      {"AT+HTTPHEADER=0,\"User-Agent: Unknown\\r\\n\"\r\n", "OK\r\n", 2000},
      {kContent, "OK\r\n", 2000},
      {"AT+HTTPSEND=0,1,\"/upload\"\r\n", "CONNECT OK", 10000},
      {"AT+HTTPCLOSE=0\r\n", "OK", 2000},
  };
  if (count != 3) fail("use: HOST DEVICE URL", "");
  uart_open(arguments[1], B9600);
  snprintf(create, sizeof create, "AT+HTTPCREATE=\"%s/\"\r\n", arguments[2]);
  set_clock();
  for (size_t i = 0; i < sizeof steps / sizeof *steps; ++i) run_step(&steps[i]);
  printf("done\n");
  return 0;
}

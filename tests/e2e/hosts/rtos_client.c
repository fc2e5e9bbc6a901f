// SPDX-License-Identifier: Apache-2.0
// A host on an RTOS with an AT client, in the manner of RT-Thread's. One thread reads. A line, or a
// report as soon as the first and the last bytes of a row of its table match, is either the
// report's, and its handler runs in that same thread, or the answer's, which a second thread waits
// for. An answer is picked apart by the number of the line and the place in it. The handler of the
// last content record closes the instance; its own thread being the one that reads, it never sees
// the OK and goes on after half a second.
#include <pthread.h>
#include <semaphore.h>

#include "uart.h"

enum { kLineBytes = 512, kAnswerBytes = 64, kPosts = 3 };

struct answer {
  char text[kAnswerBytes];  // its lines, each ended by a NUL in the place of its LF
  size_t size;
  int line_count;
  int wanted_lines;  // 0 = up to OK or ERROR
  bool ok;
};

static struct answer* awaited;
static pthread_mutex_t awaited_lock = PTHREAD_MUTEX_INITIALIZER;
static sem_t answered;
static sem_t posted;
static volatile bool booted;
static bool is_closed;  // the reader's: the application sends again when the line is silent

static bool wait_for(sem_t* what, long timeout_ms) {
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_nsec += timeout_ms % 1000 * 1000000;
  until.tv_sec += timeout_ms / 1000 + until.tv_nsec / 1000000000;
  until.tv_nsec %= 1000000000;
  return sem_timedwait(what, &until) == 0;
}

static void await(struct answer* answer) {
  pthread_mutex_lock(&awaited_lock);
  awaited = answer;
  pthread_mutex_unlock(&awaited_lock);
}

static bool exec(struct answer* answer, int wanted_lines, long timeout_ms, const char* command) {
  memset(answer, 0, sizeof *answer);
  answer->wanted_lines = wanted_lines;
  await(answer);
  uart_puts(command);
  uart_puts("\r\n");
  const bool came = wait_for(&answered, timeout_ms);
  if (!came) await(NULL);
  return came && answer->ok;
}

// Line `number` of the answer, from 1 on; the empty one that begins every frame counts.
static const char* line_of(const struct answer* answer, int number) {
  const char* line = answer->text;
  for (; number > 1; --number) line += strlen(line) + 1;
  return line;
}

static const char* line_with(const struct answer* answer, const char* key) {
  for (int number = 1; number <= answer->line_count; ++number) {
    if (strstr(line_of(answer, number), key) != NULL) return line_of(answer, number);
  }
  return "(no such line)";
}

static void on_boot(const char* line) {
  (void)line;
  booted = true;
}

static void on_text(const char* line) { printf("report %.*s\n", (int)strcspn(line, "\r"), line); }

static void on_content(const char* line) {
  char content[4] = {0};
  char command[24];
  struct answer answer;
  for (int i = 0; i < 3; ++i) content[i] = (char)uart_getc(5000);
  if (content[0] == 'o' && content[1] == 'k') printf("stored\n");
  if (line[12] != '0') return;
  snprintf(command, sizeof command, "AT+HTTPCLOSE=%c", line[10]);
  printf("closed %c, %s\n", line[10],
         exec(&answer, 2, 500, command) ? "answered" : "no answer seen in this thread");
  is_closed = true;
}

static const struct report {
  const char* begin;
  const char* end;
  void (*handle)(const char* line);
} kReports[] = {
    {"M5310-A", "\r\n", on_boot},        {"CONNECT OK", "\r\n", on_text},
    {"+HTTPDISCON:", "\r\n", on_text},   {"+HTTPERR:", "\r\n", on_text},
    {"+HTTPNMIH:", "\r\n", on_text},     {"+HTTPNMIC:", "\r\n", on_content},
};

static const struct report* report_of(const char* line, size_t size) {
  for (size_t i = 0; i < sizeof kReports / sizeof *kReports; ++i) {
    const size_t begin = strlen(kReports[i].begin);
    const size_t end = strlen(kReports[i].end);
    if (size >= begin + end && memcmp(line, kReports[i].begin, begin) == 0 &&
        memcmp(line + size - end, kReports[i].end, end) == 0) {
      return &kReports[i];
    }
  }
  return NULL;
}

static void add_line(const char* line, size_t size) {
  pthread_mutex_lock(&awaited_lock);
  struct answer* const answer = awaited;
  if (answer != NULL) {
    if (answer->size + size > sizeof answer->text) fail("an answer of more than 64 bytes", line);
    memcpy(answer->text + answer->size, line, size - 1);
    answer->size += size;
    answer->line_count++;
    const bool ok = strncmp(line, "OK", 2) == 0;
    const bool whole = answer->wanted_lines != 0 ? answer->line_count == answer->wanted_lines : ok;
    if (whole || strstr(line, "ERROR") != NULL) {
      answer->ok = whole;
      awaited = NULL;
      sem_post(&answered);
    }
  }
  pthread_mutex_unlock(&awaited_lock);
}

static void* read_lines(void* unused) {
  static char line[kLineBytes];
  size_t size = 0;
  while (true) {
    const int byte = uart_getc(100);
    if (byte < 0 && is_closed) {
      is_closed = false;
      sem_post(&posted);
    }
    if (byte < 0) continue;
    if (size + 1 == sizeof line) fail("a line of more than 512 bytes", line);
    line[size++] = (char)byte;
    line[size] = '\0';
    const struct report* const report = report_of(line, size);
    if (report != NULL) {
      report->handle(line);
    } else if (byte == '\n') {
      add_line(line, size);
    } else {
      continue;
    }
    size = 0;
  }
  return unused;
}

static void start(void) {
  struct answer answer;
  for (int i = 0; !booted && !exec(&answer, 0, 500, "AT"); ++i) {
    if (i == 20) fail("no module", "");
  }
  if (!exec(&answer, 0, 5000, "AT+CGSN=1")) fail("AT+CGSN=1", answer.text);
  printf("imei %.15s\n", line_with(&answer, "+CGSN:") + 6);
  if (!exec(&answer, 0, 5000, "AT+CIMI")) fail("AT+CIMI", answer.text);
  printf("imsi %.15s\n", line_of(&answer, 2));
  if (!exec(&answer, 0, 5000, "AT+CSQ")) fail("AT+CSQ", answer.text);
  const char* const signal = line_with(&answer, "+CSQ:");
  printf("signal %.2s%s\n", signal + 5, signal[7] == ',' ? "" : ", not where it should be");
  for (int i = 0; strcmp(line_with(&answer, "+CEREG:0,1"), "+CEREG:0,1\r") != 0; ++i) {
    if (i == 50) fail("not registered", answer.text);
    usleep(100000);
    exec(&answer, 0, 5000, "AT+CEREG?");
  }
  printf("registered\n");
}

static void post(const char* url, int number) {
  struct answer answer;
  char command[128];
  snprintf(command, sizeof command, "AT+HTTPCREATE=\"%s\"", url);
  if (!exec(&answer, 0, 5000, command)) fail(command, answer.text);
  const char id = line_with(&answer, "+HTTPCREATE:")[12];
  printf("instance %c\n", id);
  snprintf(command, sizeof command, "AT+HTTPHEADER=%c,\"Content-Type: text/plain\\r\\n\"", id);
  if (!exec(&answer, 0, 5000, command)) fail(command, answer.text);
  snprintf(command, sizeof command, "AT+HTTPCONTENT=%c,\"sample %d\"", id, number);
  if (!exec(&answer, 0, 5000, command)) fail(command, answer.text);
  snprintf(command, sizeof command, "AT+HTTPSEND=%c,1,\"/samples\"", id);
  if (!exec(&answer, 2, 5000, command)) fail(command, answer.text);
  if (!wait_for(&posted, 10000)) fail("no last record", command);
}

int main(int count, char** arguments) {
  pthread_t reader;
  if (count != 3) fail("use: HOST DEVICE URL", "");
  uart_open(arguments[1], B9600);
  sem_init(&answered, 0, 0);
  sem_init(&posted, 0, 0);
  pthread_create(&reader, NULL, read_lines, NULL);
  start();
  for (int number = 1; number <= kPosts; ++number) post(arguments[2], number);
  printf("done\n");
  return 0;
}

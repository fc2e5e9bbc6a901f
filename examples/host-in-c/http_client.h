/* SPDX-License-Identifier: Apache-2.0 */
/* An HTTP GET over an M5310-A, as a microcontroller does it: a ring buffer that the UART's
 * interrupt fills, a state machine that the main loop polls, a tick in milliseconds. No heap, no
 * waiting. */
#ifndef HTTP_CLIENT_H_
#define HTTP_CLIENT_H_

#include <stddef.h>
#include <stdint.h>

enum {
  RING_BYTES = 256,    /* a power of two */
  LINE_BYTES = 96,     /* of a line from the module; longer ones are cut */
  COMMAND_MS = 5000,   /* a command's result comes within */
  RESPONSE_MS = 90000, /* and the next part of a response */
  NO_INSTANCE = -1
};

/* What the board gives: writes to the UART, and how long it runs. */
typedef struct board {
  void (*uart_write)(const char* bytes, size_t byte_count);
  uint32_t (*tick_ms)(void);
} board;

typedef enum client_state { CLIENT_IDLE, CLIENT_BUSY, CLIENT_DONE, CLIENT_FAILED } client_state;
typedef enum client_error {
  NO_ERROR,
  COMMAND_REFUSED,  /* ERROR from the module */
  COMMAND_TIMEOUT,  /* no result from the module */
  RESPONSE_TIMEOUT, /* no response from the server */
  REQUEST_FAILED,   /* +HTTPERR with a negative code: `code` */
  MODULE_RESTARTED, /* in the middle */
  BODY_TOO_LONG     /* for the caller's buffer */
} client_error;

typedef struct http_client {
  const board* io;
  client_state state;
  client_error error;
  int code;         /* HTTP status, or the code of REQUEST_FAILED */
  char* body;       /* the caller's */
  size_t body_size; /* of it */
  size_t body_bytes;
  unsigned restarts;    /* of the module */
  unsigned disconnects; /* while idle */
  unsigned unknown;     /* reports that it knows nothing of */
  unsigned overruns;    /* bytes that the ring buffer had no room for */

  /* Private. */
  volatile uint16_t ring_head, ring_tail; /* the interrupt moves the head, the main loop the tail */
  char ring[RING_BYTES];
  char line[LINE_BYTES];
  size_t line_bytes;
  size_t data_left; /* bytes of header or body that follow a report */
  int data_is_body;
  int last_data; /* the response is whole behind them */
  int step;
  int instance;
  uint32_t deadline_ms;
  const char *url, *path;
} http_client;

void http_client_init(http_client* client, const board* io);
/* Begins a GET; the strings and the buffer must live until it is over. 0: one is under way. */
int http_client_get(http_client* client, const char* url, const char* path, char* body,
                    size_t body_size);
/* The UART's interrupt: a byte has come. */
void http_client_received(http_client* client, char byte);
/* The main loop, as often as it likes. */
void http_client_poll(http_client* client);

#endif

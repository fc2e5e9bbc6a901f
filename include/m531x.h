/* SPDX-License-Identifier: Apache-2.0 */
/* An NB-IoT module for the unit tests of host firmware: a modem, a scripted network and a clock in
 * one object. Nothing here opens a file, a socket or a port, reads the time or sleeps. Guide:
 * docs/library.md.
 *
 * Results. Every function that returns int returns a negative m531x_result when it fails, and then
 * has changed nothing; m531x_error() has the sentence. Otherwise it returns M531X_OK, or a count, a
 * truth (0 or 1) where its comment says so.
 *
 * Strings end in NUL. Every pointer that is handed in is needed during the call only. How long a
 * pointer that is handed out lives is said where it is.
 *
 * Threads. There is no global state. One modem is for one thread at a time; different modems may be
 * used by different threads at once. No exception leaves a function. */
#ifndef M531X_H_
#define M531X_H_

#include <stddef.h>
#include <stdint.h>

/* Only these names leave the shared library. */
#if defined(__GNUC__)
#define M531X_API __attribute__((visibility("default")))
#else
#define M531X_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Of this header. While the first number is 0, a library serves headers with the same first two. */
#define M531X_VERSION "0.1.0"
#define M531X_VERSION_NUMBER 100 /* major * 10000 + minor * 100 + patch */
/* Of the library that is linked. Lives for ever. */
M531X_API const char* m531x_version(void);

/* Limits. */
#define M531X_HOST_BUFFER_BYTES 65536     /* that wait on the serial line, each way */
#define M531X_SERVER_BUFFER_BYTES 4194304 /* that wait on one connection, each way */
#define M531X_MAX_EVENTS 256              /* that wait for m531x_next_event() */
#define M531X_MAX_REQUESTS 64             /* that wait for m531x_next_request() */
#define M531X_MAX_ROUTES 256              /* m531x_serve() */
#define M531X_MAX_TEXT_BYTES 8192         /* a key, a value, the texts of a route, each */
#define M531X_MAX_REPORT_BYTES 1024       /* m531x_inject() */
#define M531X_MAX_HOST_BYTES 253          /* the name of a server */
#define M531X_MAX_FAULTS 64               /* that are to come */
#define M531X_MAX_INSTANCES 5

typedef enum m531x_result {
  M531X_OK = 0,
  M531X_NULL_POINTER = -1, /* a pointer that must not be */
  M531X_BAD_VALUE = -2,    /* no such key, number or name; out of its range */
  M531X_TOO_LONG = -3,     /* a text or a buffer beyond its limit */
  M531X_WRONG_STATE = -4,  /* the module is off, or on; nobody asked; not that kind of connection */
  M531X_GONE = -5,         /* no such connection, or it is over */
  M531X_FULL = -6,         /* as much waits as may: take something first */
  M531X_NO_MEMORY = -7     /* the machine has none left; m531x_free() is all that may follow */
} m531x_result;

typedef struct m531x_module m531x_t;

/* --- The object ------------------------------------------------------------------------------ */

/* A module of the first model (M5310-A), off, as out of the box, its clock at 0. NULL: no memory.
 */
M531X_API m531x_t* m531x_make(void);
/* NULL is allowed. All pointers that it handed out are dead. */
M531X_API void m531x_free(m531x_t* m);
/* Why the last call on this module failed, as a sentence; empty when it did not. Lives until the
 * next call. */
M531X_API const char* m531x_error(const m531x_t* m);

/* Gives a setting a value, both as `m531x run --set` takes them: m531x_set(m, "tcp.mss", "460").
 * `m531x run --help` lists all; those of line, module, sim, boot, network, signal, air, random,
 * clock, dte, tcp, http, limits and variant are here. "model" decides the defaults of the others
 * and may be set in any order with them. M531X_WRONG_STATE: it is on. */
M531X_API int m531x_set(m531x_t* m, const char* key, const char* value);
/* The value of a setting, as m531x_set() takes it. NULL: see m531x_error(). Lives until the next
 * call. */
M531X_API const char* m531x_get(m531x_t* m, const char* key);
/* As slow and as short of memory as a module on a board (`m531x run --as-hardware`): the line has
 * its pace, the radio its own, boot and registration take seconds, a slow host loses segments. What
 * m531x_set() sets, before or after, wins. M531X_WRONG_STATE: it is on. */
M531X_API int m531x_as_hardware(m531x_t* m);

/* --- Power ----------------------------------------------------------------------------------- */

/* It boots, with what its flash keeps from the last time. M531X_WRONG_STATE: it is on. */
M531X_API int m531x_power_on(m531x_t* m);
/* The supply is cut: all connections and the bytes on their way are lost; what the host has
 * received already stays readable. M531X_WRONG_STATE: it is off. */
M531X_API int m531x_power_off(m531x_t* m);

typedef enum m531x_reset_cause { M531X_RESET_PIN = 0, M531X_RESET_WATCHDOG = 1 } m531x_reset_cause;
/* It boots, whatever it was doing, and wakes up if it was shut down by AT+CPOF. `cause`: one of
 * m531x_reset_cause. M531X_WRONG_STATE: no power. */
M531X_API int m531x_reset(m531x_t* m, int cause);

/* --- The host's side of the serial line ------------------------------------------------------- */

/* Like a write to a UART's transmit buffer: returns how many of the bytes were taken, 0 when
 * M531X_HOST_BUFFER_BYTES wait already. A module without power takes as many and hears nothing. */
M531X_API int m531x_host_write(m531x_t* m, const void* bytes, size_t byte_count);
/* Like a read of a UART's receive buffer that does not wait: moves at most `most_bytes` to `bytes`,
 * returns how many, 0 when there are none. With "line.pace" they come as time passes. When
 * M531X_HOST_BUFFER_BYTES wait, the module is held as by m531x_host_ready(m, 0). */
M531X_API int m531x_host_read(m531x_t* m, void* bytes, size_t most_bytes);
/* How many m531x_host_read() would give at most. */
M531X_API int m531x_host_available(m531x_t* m);
/* Whether the host takes bytes (its RTS); it does at first. While it does not, the module keeps
 * what it has to say, and its buffers fill: that is where +HTTPDROP comes from. */
M531X_API int m531x_host_ready(m531x_t* m, int ready);

/* --- The clock ------------------------------------------------------------------------------- */

/* Milliseconds since m531x_make(). 0 for NULL. */
M531X_API uint64_t m531x_now(const m531x_t* m);
/* So much time passes, at once; whatever becomes due in it happens in order. It passes for a module
 * without power, too. */
M531X_API int m531x_advance(m531x_t* m, uint32_t ms);
/* The time passes to the next moment at which the module or a served answer does anything, at most
 * `most_ms`. Returns 1: such a moment; 0: there was none. */
M531X_API int m531x_step(m531x_t* m, uint32_t most_ms);
/* The time passes until the host has something to read, at most `most_ms`. Returns 1: it has, at
 * once when it had; 0: the time is over. */
M531X_API int m531x_wait_output(m531x_t* m, uint32_t most_ms);

/* --- Servers in one call ---------------------------------------------------------------------- */

/* What a server answers. Fields that are 0 or NULL have the meaning that stands at them, so that
 * {.path = "/ota", .body = "..."} is a whole route. */
typedef struct m531x_route {
  const char* server;     /* "host:port", "[::1]:80", always with the port; NULL: every server */
  const char* method;     /* "GET"; NULL: every method */
  const char* path;       /* the target, with or without its query; NULL: every path */
  int status;             /* 100 ... 999; 0: 200 */
  const char* headers;    /* lines, each ending in CR LF; Content-Length comes by itself */
  const void* body;       /* NULL: none */
  size_t body_bytes;      /* 0: body is a string and ends at its NUL */
  uint32_t delay_ms;      /* from the end of the request to the first byte of the answer */
  uint32_t segment_bytes; /* the body comes in TCP segments of so many bytes, behind one with the
                             head; 0: all at once */
  uint32_t gap_ms;        /* and so long after one another */
  int close;              /* not 0: the server closes the connection behind the answer */
  uint32_t times;         /* it answers so many requests, then it is gone; 0: any number */
} m531x_route;

/* From now on requests that match are answered, and connections to such servers, with or without
 * TLS, are accepted at once: no event tells of them. The latest route that matches has it. A
 * request to such a server that no route matches is answered 404. While there are routes,
 * certificates that an instance brings are taken as good. Returns the number of routes. M531X_FULL:
 * M531X_MAX_ROUTES. */
M531X_API int m531x_serve(m531x_t* m, const m531x_route* route);
/* No route is left: new connections are told by events again. Those that stand and answers that
 * have begun go on. */
M531X_API int m531x_serve_nothing(m531x_t* m);

/* A request that a served server has got. Its pointers live until the next m531x_next_request() or
 * m531x_free(). */
typedef struct m531x_request {
  const char* server;  /* "host:port" */
  const char* method;  /* "POST" */
  const char* target;  /* "/path?query" */
  const char* headers; /* the lines, each ending in CR LF */
  const char* body;    /* ends in a NUL behind body_bytes */
  size_t body_bytes;
  uint64_t at_ms; /* when its last byte had come */
  int tls;
} m531x_request;

/* Takes the oldest request. Returns 1, or 0: there is none, and *request is all zero. When
 * M531X_MAX_REQUESTS wait, the oldest go. */
M531X_API int m531x_next_request(m531x_t* m, m531x_request* request);

/* --- The network by hand ---------------------------------------------------------------------- */

typedef enum m531x_event_kind {
  M531X_EVENT_NONE = 0,
  M531X_EVENT_CONNECT = 1, /* it wants a connection: m531x_accept() or m531x_end(); while neither
                              comes it waits, until its own time-out */
  M531X_EVENT_CLOSED = 2,  /* it has closed the connection or given the attempt up */
  M531X_EVENT_RESOLVE = 3, /* AT+CMDNS wants an address: m531x_resolved() */
  M531X_EVENT_CHECK = 4    /* AT+HTTPSEND of an instance with certificates: m531x_checked() */
} m531x_event_kind;

typedef struct m531x_event {
  m531x_event_kind kind;
  uint32_t connection;                 /* of connect and closed: 1, 2, ... never used again */
  char host[M531X_MAX_HOST_BYTES + 1]; /* of connect and resolve */
  uint16_t port;                       /* of connect */
  int tls;                             /* of connect: accepted means after the handshake */
  uint64_t at_ms;                      /* when it was */
} m531x_event;

/* Takes the oldest event. Returns 1, or 0: there is none, and event->kind is M531X_EVENT_NONE. When
 * M531X_MAX_EVENTS wait, the oldest go. */
M531X_API int m531x_next_event(m531x_t* m, m531x_event* event);
/* The same after the time has passed until there is one, at most `most_ms`. */
M531X_API int m531x_wait_event(m531x_t* m, uint32_t most_ms, m531x_event* event);

/* The connection stands. M531X_WRONG_STATE: it did already. */
M531X_API int m531x_accept(m531x_t* m, uint32_t connection);
/* The server sends these bytes, in one TCP segment if they fit in it. M531X_WRONG_STATE: it has not
 * been accepted. M531X_FULL: with them more than M531X_SERVER_BUFFER_BYTES would wait. */
M531X_API int m531x_send(m531x_t* m, uint32_t connection, const void* bytes, size_t byte_count);
/* Moves at most `most_bytes` of what the modem has sent to `bytes`, returns how many. What it sent
 * before the connection ended stays readable while it is one of the last 32. */
M531X_API int m531x_receive(m531x_t* m, uint32_t connection, void* bytes, size_t most_bytes);
/* Whether the server takes what the modem sends; it does at first. */
M531X_API int m531x_server_ready(m531x_t* m, uint32_t connection, int ready);

/* Why an attempt or a connection ends. */
typedef enum m531x_cause {
  M531X_CLOSED = 0, /* the server's FIN */
  M531X_CONNECT_TIMEOUT = 1,
  M531X_NO_ROUTE = 2,
  M531X_UNRESOLVED_NAME = 3,
  M531X_INTERFACE_DOWN = 4,
  M531X_REFUSED = 5,
  M531X_ABORTED = 6,
  M531X_RESET = 7, /* the server's RST */
  M531X_TLS_FAILED = 8
} m531x_cause;
/* The attempt or the connection ends, after what the server has sent has been delivered. `cause`:
 * one of m531x_cause. */
M531X_API int m531x_end(m531x_t* m, uint32_t connection, int cause);

/* The answer to M531X_EVENT_RESOLVE: an address in text form; NULL: the name has none.
 * M531X_WRONG_STATE: it has not asked, or has given up. */
M531X_API int m531x_resolved(m531x_t* m, const char* address);
/* The answer to M531X_EVENT_CHECK: whether the certificates can be used. M531X_WRONG_STATE: it has
 * not asked. */
M531X_API int m531x_checked(m531x_t* m, int good);

/* --- What goes wrong -------------------------------------------------------------------------- */

/* From now on it goes wrong as the words say, a kind and its parameters as `m531x scenarios` shows
 * them: "reset request=2 at=body byte=100" (docs/faults.md). Returns the number of the fault: 1 for
 * the first since power-on. M531X_WRONG_STATE: no power. M531X_FULL: M531X_MAX_FAULTS are to come.
 */
M531X_API int m531x_fault(m531x_t* m, const char* words);
/* The same for all faults of a scenario, or for none. `toml`: the text of a scenario file, which
 * `name` is for complaints of; NULL: the one of that name that `m531x run --scenario` knows. Its
 * seed does not count, "random.seed" does. */
M531X_API int m531x_scenario(m531x_t* m, const char* name, const char* toml);
/* None is to come any more, and what lasts is over. M531X_WRONG_STATE: no power. */
M531X_API int m531x_clear_faults(m531x_t* m);
/* How often the fault of that number has happened. M531X_BAD_VALUE: none has it, or it was over and
 * has given way to another. M531X_WRONG_STATE: no power. */
M531X_API int m531x_fault_happened(m531x_t* m, int number);

/* --- The radio, and a look inside ------------------------------------------------------------- */

/* The network is lost, or found again. M531X_WRONG_STATE: no power. */
M531X_API int m531x_set_coverage(m531x_t* m, int coverage);

/* In the numbers of AT+CSQ, AT+CESQ and AT+NUESTATS. */
typedef struct m531x_signal {
  int rssi; /* 0 ... 31, 99 unknown */
  int ber;  /* 0 ... 7, 99 unknown */
  int rsrq; /* 0 ... 34, 255 unknown */
  int rsrp; /* 0 ... 97, 255 unknown */
  int sinr; /* -30 ... 40 dB */
} m531x_signal;
/* M531X_WRONG_STATE: no power. */
M531X_API int m531x_set_signal(m531x_t* m, const m531x_signal* signal);
/* The host gets the text as a report, CR LF around it, as soon as a report may start. M531X_FULL:
 * too much waits for the host already. M531X_WRONG_STATE: the module is off or boots. */
M531X_API int m531x_inject(m531x_t* m, const char* text);

typedef enum m531x_power { M531X_OFF = 0, M531X_BOOTING = 1, M531X_ON = 2 } m531x_power;
/* <stat> of +CEREG. */
typedef enum m531x_registration {
  M531X_NOT_REGISTERED = 0,
  M531X_HOME = 1,
  M531X_SEARCHING = 2,
  M531X_DENIED = 3,
  M531X_UNKNOWN = 4,
  M531X_ROAMING = 5
} m531x_registration;
typedef enum m531x_instance {
  M531X_NO_INSTANCE = 0,
  M531X_IDLE = 1,
  M531X_CONNECTING = 2,
  M531X_RESPONDING = 3
} m531x_instance;

typedef struct m531x_status {
  m531x_power power; /* M531X_OFF: no power, or after AT+CPOF */
  int functionality; /* +CFUN */
  int coverage;
  m531x_registration registration;
  int attached;
  int connected;       /* +CSCON */
  int asleep;          /* in PSM */
  m531x_signal signal; /* as measured: unknown without coverage */
  m531x_instance instances[M531X_MAX_INSTANCES];
  /* Since power-on; a reset does not set them back. */
  uint32_t lines;         /* command lines answered */
  uint32_t failed_lines;  /* of them, those that ended in an error */
  uint32_t requests;      /* accepted by AT+HTTPSEND */
  uint32_t responses;     /* received whole */
  uint32_t failures;      /* connections and requests that failed */
  uint32_t reports;       /* unsolicited, of every kind */
  uint32_t dropped_bytes; /* of responses, lost because the host was too slow */
  uint32_t restarts;
} m531x_status;
/* Without power all is 0 but the signal, which is unknown. */
M531X_API int m531x_status_of(m531x_t* m, m531x_status* status);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* M531X_H_ */

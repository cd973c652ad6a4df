/* A PKCS#11 module (version 2.40) with one token, for tests: MODE says what is wrong with it. LOG is a file
 * to which each login adds a line. Laid out as the standard has it; what is not called is left empty. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef unsigned long ulong;
typedef struct { unsigned char major, minor; } version;
#ifdef _WIN32
#pragma pack(push, 1)
#endif
struct info { version cryptoki; char manufacturer[32]; ulong flags; char description[32]; version library; };
struct slot_info { char description[64], manufacturer[32]; ulong flags; version hardware, firmware; };
struct token_info {
  char label[32], manufacturer[32], model[16], serial[16];
  ulong flags, counts[10];
  version hardware, firmware;
  char time[16];
};
struct list { version version; void *functions[68]; };

enum { RNG = 1, LOGIN = 4, PIN_SET = 8, INITIALISED = 0x400, COUNT_LOW = 0x10000, LAST_TRY = 0x20000, LOCKED = 0x40000 };
enum { LAST = 1, HANGS, WRONG, IS_LOCKED };

static void fill(char *text, size_t size, const char *word) {
  memset(text, ' ', size);
  memcpy(text, word, strlen(word));
}
static ulong initialize(void *arguments) { return 0; }
static ulong finalize(void *reserved) { return 0; }
static ulong get_info(struct info *info) {
  memset(info, 0, sizeof *info);
  info->cryptoki.major = 2; info->cryptoki.minor = 40;
  fill(info->manufacturer, 32, "tests"); fill(info->description, 32, "mock");
  return 0;
}
static ulong get_slots(unsigned char present, ulong *slots, ulong *count) {
  if (slots) slots[0] = 7;
  *count = 1;
  return 0;
}
static ulong get_slot(ulong slot, struct slot_info *info) {
  memset(info, 0, sizeof *info);
  fill(info->description, 64, "slot"); fill(info->manufacturer, 32, "tests");
  info->flags = 1;
  return 0;
}
static ulong get_token(ulong slot, struct token_info *info) {
  memset(info, 0, sizeof *info);
  fill(info->label, 32, "mock"); fill(info->manufacturer, 32, "tests");
  fill(info->model, 16, "m"); fill(info->serial, 16, "1"); fill(info->time, 16, "");
  info->flags = LOGIN | PIN_SET | INITIALISED;
  if (MODE == LAST) info->flags |= COUNT_LOW | LAST_TRY;
  if (MODE == IS_LOCKED) info->flags |= LOCKED;
  return 0;
}
static ulong open_session(ulong slot, ulong flags, void *app, void *notify, ulong *session) {
  while (MODE == HANGS) sleep(1);
  *session = 1;
  return 0;
}
static ulong close_session(ulong session) { return 0; }
static ulong login(ulong session, ulong user, unsigned char *pin, ulong length) {
  FILE *log = fopen(LOG, "a");
  if (log) { fprintf(log, "login\n"); fclose(log); }
  return MODE == WRONG ? 0xa0 : 0;
}
static ulong logout(ulong session) { return 0; }
static ulong find_begin(ulong session, void *template, ulong count) { return 0; }
static ulong find(ulong session, ulong *objects, ulong most, ulong *count) { *count = 0; return 0; }
static ulong find_end(ulong session) { return 0; }

static struct list all;

ulong C_GetFunctionList(struct list **list) {
  all.version.major = 2; all.version.minor = 40;
  void *known[] = { [0] = initialize, [1] = finalize, [2] = get_info, [3] = C_GetFunctionList, [4] = get_slots,
    [5] = get_slot, [6] = get_token, [12] = open_session, [13] = close_session, [18] = login, [19] = logout,
    [26] = find_begin, [27] = find, [28] = find_end };
  memcpy(all.functions, known, sizeof known);
  *list = &all;
  return 0;
}

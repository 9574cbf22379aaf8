// Header-only face of libass and fontconfig for Swift.
#pragma once

#include <ass/ass.h>
#include <fontconfig/fontconfig.h>
#include <stdarg.h>

/// What libass has to say about damaged fonts and the like is told by our own checks.
static inline void cass_be_quiet(int level, const char *format, va_list arguments, void *data) {
  (void)level;
  (void)format;
  (void)arguments;
  (void)data;
}

static inline void cass_silence(ASS_Library *library) {
  ass_set_message_cb(library, cass_be_quiet, NULL);
}

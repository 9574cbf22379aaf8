// Header-only face of FFmpeg's libraries for Swift. What Swift cannot import by itself
// (function-like macros, casted constants, variadic functions) is restated here; nothing else.
#pragma once

#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/channel_layout.h>
#include <libavutil/display.h>
#include <libavutil/error.h>
#include <libavutil/imgutils.h>
#include <libavutil/log.h>
#include <libavutil/mathematics.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>

static const int64_t avx_nopts_value = AV_NOPTS_VALUE;
static const int avx_error_eof = AVERROR_EOF;
static const int avx_error_again = AVERROR(EAGAIN);
static const int avx_error_invalid_data = AVERROR_INVALIDDATA;
static const int avx_error_no_memory = AVERROR(ENOMEM);
static const int avx_error_decoder_not_found = AVERROR_DECODER_NOT_FOUND;
static const int avx_error_encoder_not_found = AVERROR_ENCODER_NOT_FOUND;
static const int avx_error_stream_not_found = AVERROR_STREAM_NOT_FOUND;
static const int avx_error_patch_welcome = AVERROR_PATCHWELCOME;
static const int avx_error_bug = AVERROR_BUG;
static const int avx_error_exit = AVERROR_EXIT;

static inline int avx_error_from_errno(int code) { return AVERROR(code); }
static inline uint32_t avx_tag(char a, char b, char c, char d) { return MKTAG(a, b, c, d); }

/// Formats one log record into `line`. Here, because a `va_list` differs between processors.
static inline int avx_format_log(
    void *context, int level, const char *format, va_list arguments, char *line, int size) {
  int prefix = 1;
  return av_log_format_line2(context, level, format, arguments, line, size, &prefix);
}

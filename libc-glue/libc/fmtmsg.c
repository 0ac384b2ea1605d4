/* SPDX-License-Identifier: MIT */
#include <fmtmsg.h>
#include <stdio.h>

static const char *const severities[] = {"", "HALT", "ERROR", "WARNING", "INFO"};

int fmtmsg(long classification, const char *label, int severity, const char *text,
           const char *action, const char *tag)
{
    if (severity < MM_NOSEV || severity > MM_INFO)
        return MM_NOTOK;
    if (!(classification & (MM_PRINT | MM_CONSOLE)))
        return MM_OK;
    int written = fprintf(stderr, "%s%s%s%s%s%s%s%s%s%s\n", label ? label : "", label ? ": " : "",
                          severities[severity], severity ? ": " : "", text ? text : "",
                          action || tag ? "\n" : "", action ? "TO FIX: " : "", action ? action : "",
                          tag ? "  " : "", tag ? tag : "");
    return written < 0 ? MM_NOMSG : MM_OK;
}

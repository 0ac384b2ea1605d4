/* SPDX-License-Identifier: MIT
 *
 * A report on paper: each writer takes a settled report and a stream.
 */
#ifndef THIMBLE_COMPARE_WRITERS_H
#define THIMBLE_COMPARE_WRITERS_H

#include <stdio.h>

#include "report.h"

typedef void report_writer(const struct report *report, FILE *to);

report_writer report_text, report_json, report_markdown, report_html;

/* The plots as inline SVG, each in a figure with its caption; a sentence instead
 * when gnuplot is not installed. */
void plots_write(const struct report *report, FILE *to);

/* Text in which < & > " stand for themselves. */
void html_escape(const char *text, FILE *to);

#endif

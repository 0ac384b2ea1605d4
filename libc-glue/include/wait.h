/* SPDX-License-Identifier: MIT */
#include <sys/wait.h>

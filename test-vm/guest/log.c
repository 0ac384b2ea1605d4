/* SPDX-License-Identifier: MIT
 *
 * syslog() is lines on standard error.
 */
#include <errno.h>
#include <syslog.h>
#include "check.h"

int main(void)
{
    openlog("logger", LOG_PID, LOG_DAEMON);
    errno = ENOENT;
    syslog(LOG_ERR, "open: %m after %d %% of it", 50);
    CHECK(setlogmask(LOG_UPTO(LOG_ERR)) == LOG_UPTO(LOG_DEBUG));
    syslog(LOG_INFO, "not to be seen");
    closelog();
    syslog(LOG_CRIT, "with a newline\n");
    return success();
}

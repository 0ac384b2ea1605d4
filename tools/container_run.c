#include "container_run.h"
int container_run(const struct container *c, const struct container_run *r)
{
    (void)c;
    (void)r;
    return 125;
}

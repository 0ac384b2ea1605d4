/* SPDX-License-Identifier: MIT */
#include "libc-glue/poll_list.h"
#include "libc-glue/pthread_glue.h"

#define ALWAYS (POLLERR | POLLHUP | POLLNVAL)

void poll_begin(struct poll_list *list)
{
    console_events_use();
    list->last = &list->first;
    list->room = POLL_ENTRIES_FIRST;
    list->woken = 0;
    list->queue = (struct wait_queue){NULL, NULL};
    list->first = (struct poll_page){.next = NULL};
}

static bool notify(struct watch *watch, unsigned events)
{
    struct poll_entry *entry = (struct poll_entry *)watch;
    struct poll_list *list = entry->list;

    if (!(events & (entry->wanted | ALWAYS)))
        return false;
    list->woken = 1;
    return wake(&list->queue, 1);
}

int poll_add(struct poll_list *list, int fd, unsigned wanted)
{
    if (list->last->count == list->room) {
        list->last->next = object_new(OBJECT_MAX);
        if (!list->last->next)
            return -ENOMEM;
        list->last = list->last->next;
        list->room = POLL_ENTRIES_PAGE;
    }
    list->last->entries[list->last->count++] = (struct poll_entry){
        .watch.notify = notify,
        .list = list,
        .file = fd_get(fd),
        .wanted = wanted,
    };
    return 0;
}

static int look(struct poll_list *list)
{
    int count = 0;

    POLL_EACH(list, page, entry)
    {
        unsigned ready = entry->file ? file_ready(entry->file) : POLLNVAL;
        entry->got = ready & (entry->wanted | ALWAYS);
        count += entry->got != 0;
    }
    return count;
}

static void watch_all(struct poll_list *list)
{
    POLL_EACH(list, page, entry)
    {
        struct event_source *source = entry->file ? file_source(entry->file) : NULL;
        if (source)
            watch_add(source, &entry->watch);
    }
}

static void watch_none(struct poll_list *list)
{
    POLL_EACH(list, page, entry)
    {
        struct event_source *source = entry->file ? file_source(entry->file) : NULL;
        if (source)
            watch_remove(source, &entry->watch);
    }
}

/* With interrupts off from the first look to the last: no change is missed, and
 * nothing of the list is left anywhere when a signal handler leaves by longjmp. */
int poll_run(struct poll_list *list, uint64_t deadline_ns)
{
    enum wait_result how = WAIT_WOKEN;
    bool were_on = interrupts_off();

    events_begin();
    int count = look(list);

    if (count == 0 && deadline_ns) {
        watch_all(list);
        while ((count = look(list)) == 0 && how != WAIT_TIMEOUT && how != WAIT_ALERTED) {
            if (signal_pass()) { /* a handler ran since the call began: nobody would wake us */
                count = -EINTR;
                break;
            }
            list->woken = 0;
            how = wait_quietly(&list->queue, &list->woken, 0, deadline_ns);
        }
        watch_none(list);
    }
    interrupts_restore(were_on);
    waiting_allow();
    return count ? count : how == WAIT_ALERTED ? -INTERRUPTED : 0;
}

void poll_end(struct poll_list *list)
{
    struct poll_page *page = list->first.next, *next;

    POLL_EACH(list, at, entry)
    if (entry->file)
        file_put(entry->file);
    for (; page; page = next) {
        next = page->next;
        object_free(page);
    }
}

/* SPDX-License-Identifier: MIT
 *
 * Locks on files. Those of flock() and the F_OFD_ ones belong to an open file; those of
 * F_SETLK to the process, and stand only against the others.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <unistd.h>

#include "libc-glue/events.h"
#include "libc-glue/pthread_glue.h"

#define RANGE_END LLONG_MAX

struct lock {
    struct lock *next;
    struct place place;
    const void *owner; /* the struct file, or process */
    bool whole;        /* flock()'s, which know nothing of the others */
    bool writing;
    off_t start, end; /* end: its last byte */
};

static const char process; /* the owner of F_SETLK's locks */
static struct lock *all;
static struct event_source released;

static bool overlap(const struct lock *a, const struct lock *b)
{
    return a->start <= b->end && b->start <= a->end;
}

static bool same_kind(const struct lock *a, const struct lock *b)
{
    return place_is(a->place, b->place) && a->whole == b->whole;
}

static const struct lock *conflict(const struct lock *wanted)
{
    for (const struct lock *at = all; at; at = at->next)
        if (same_kind(at, wanted) && at->owner != wanted->owner && overlap(at, wanted) &&
            (at->writing || wanted->writing))
            return at;
    return NULL;
}

/* Takes the range away from what its owner has there. spare is for a lock that is cut
 * in two; returns whether it was used. */
static bool cut(const struct lock *range, struct lock *spare)
{
    struct lock **link = &all, *at;
    bool used = false;

    while ((at = *link)) {
        if (!same_kind(at, range) || at->owner != range->owner || !overlap(at, range)) {
            link = &at->next;
        } else if (at->start >= range->start && at->end <= range->end) {
            *link = at->next;
            object_free(at);
        } else {
            link = &at->next;
            if (at->start < range->start && at->end > range->end) {
                *spare = *at;
                spare->start = range->end + 1;
                at->next = spare;
                used = true;
            }
            if (at->start < range->start)
                at->end = range->start - 1;
            else
                at->start = range->end + 1;
        }
    }
    return used;
}

/* Neighbours of one owner and sort become one. */
static void add(struct lock *lock)
{
    struct lock **link = &all, *at;

    while ((at = *link)) {
        bool touches =
            at->end + 1 == lock->start || (lock->end != RANGE_END && lock->end + 1 == at->start);
        if (same_kind(at, lock) && at->owner == lock->owner && at->writing == lock->writing &&
            touches) {
            if (at->start < lock->start)
                lock->start = at->start;
            if (at->end > lock->end)
                lock->end = at->end;
            *link = at->next;
            object_free(at);
        } else {
            link = &at->next;
        }
    }
    lock->next = all;
    all = lock;
}

/* Sets or clears, if nothing stands against it. */
static int set(const struct lock *wanted, bool unlock, unsigned *turn)
{
    struct lock *spare = object_new(sizeof *spare), *added = object_new(sizeof *added);
    bool were_on = interrupts_off();
    int error = !spare || !added ? -ENOLCK : !unlock && conflict(wanted) ? -EAGAIN : 0;

    *turn = released.turn;
    if (!error) {
        if (cut(wanted, spare))
            spare = NULL;
        if (!unlock) {
            *added = *wanted;
            add(added);
            added = NULL;
        }
        source_changed(&released, POLLHUP); /* a lock may have become a lesser one */
    }
    interrupts_restore(were_on);
    object_free(spare);
    object_free(added);
    return error;
}

static int set_waiting(struct file *file, const struct lock *wanted, bool unlock, bool wait)
{
    unsigned turn;
    int error;

    while ((error = set(wanted, unlock, &turn)) == -EAGAIN && wait) {
        error = source_wait(&released, false, turn, WAIT_FOREVER);
        if (error)
            return error;
    }
    if (!error)
        file->locked = true;
    return error;
}

/* Everything that the owner has on the file. */
static void drop(const struct lock *range)
{
    bool were_on = interrupts_off();

    cut(range, NULL);
    source_changed(&released, POLLHUP);
    interrupts_restore(were_on);
}

void locks_release(struct file *file, bool descriptor_only)
{
    struct lock range = {.place = file->place, .owner = &process, .end = RANGE_END};

    if (!all)
        return;
    drop(&range);
    range.owner = file;
    if (!descriptor_only)
        drop(&range);
    range.whole = true;
    if (!descriptor_only)
        drop(&range);
}

/* ---- fcntl ---- */

static int range_of(struct file *file, const struct flock *wanted, struct lock *lock)
{
    struct stat status = {.st_size = 0};
    off_t base = 0, start, end;

    if (wanted->l_whence == SEEK_CUR)
        base = file->position;
    else if (wanted->l_whence == SEEK_END && file_stat(file, &status) == 0)
        base = status.st_size;
    else if (wanted->l_whence != SEEK_SET)
        return -EINVAL;
    if (__builtin_add_overflow(base, wanted->l_start, &start))
        return -EOVERFLOW;
    end = RANGE_END;
    if (wanted->l_len > 0 && __builtin_add_overflow(start, wanted->l_len - 1, &end))
        return -EOVERFLOW;
    if (wanted->l_len < 0) {
        end = start - 1;
        start += wanted->l_len;
    }
    if (start < 0)
        return -EINVAL;
    lock->start = start;
    lock->end = end;
    return 0;
}

static int get(const struct lock *wanted, struct flock *to)
{
    bool were_on = interrupts_off();
    const struct lock *found = conflict(wanted);

    if (!found) {
        to->l_type = F_UNLCK;
    } else {
        to->l_type = found->writing ? F_WRLCK : F_RDLCK;
        to->l_whence = SEEK_SET;
        to->l_start = found->start;
        to->l_len = found->end == RANGE_END ? 0 : found->end - found->start + 1;
        to->l_pid = found->owner == &process ? 1 : -1;
    }
    interrupts_restore(were_on);
    return 0;
}

static int control(struct file *file, int command, struct flock *wanted)
{
    bool of_file = command >= F_OFD_GETLK;
    bool asks = command == F_GETLK || command == F_OFD_GETLK;
    bool unlock = wanted->l_type == F_UNLCK;
    struct lock lock = {
        .place = file->place,
        .owner = of_file ? (const void *)file : &process,
        .writing = wanted->l_type == F_WRLCK,
    };
    int error, mode = file->flags & O_ACCMODE;

    if (wanted->l_type != F_RDLCK && wanted->l_type != F_WRLCK && (!unlock || asks))
        return -EINVAL;
    if (of_file && wanted->l_pid)
        return -EINVAL;
    error = range_of(file, wanted, &lock);
    if (error || asks)
        return error ? error : get(&lock, wanted);
    if (!unlock && mode == (lock.writing ? O_RDONLY : O_WRONLY))
        return -EBADF;
    return set_waiting(file, &lock, unlock, command == F_SETLKW || command == F_OFD_SETLKW);
}

int lock_control(struct file *file, int command, struct flock *to)
{
    struct flock wanted;
    int error = user_read(&wanted, to, sizeof wanted);

    if (!error && !file->place.tree)
        error = -EINVAL;
    if (!error)
        error = control(file, command, &wanted);
    if (!error && (command == F_GETLK || command == F_OFD_GETLK))
        error = user_write(to, &wanted, sizeof wanted);
    return error;
}

/* ---- flock, lockf ---- */

static int lock_whole(int fd, int operation)
{
    int kind = operation & ~LOCK_NB, error;
    struct file *file = fd_get(fd);

    if (!file)
        return -EBADF;
    struct lock lock = {
        .place = file->place,
        .owner = file,
        .whole = true,
        .writing = kind == LOCK_EX,
        .end = RANGE_END,
    };
    if (kind != LOCK_SH && kind != LOCK_EX && kind != LOCK_UN)
        error = -EINVAL;
    else if (!file->place.tree)
        error = file->flags & O_PATH ? -EBADF : 0; /* a pipe has nothing that could be shared */
    else
        error = set_waiting(file, &lock, kind == LOCK_UN, !(operation & LOCK_NB));
    file_put(file);
    return error;
}

int flock(int fd, int operation)
{
    return (int)result(RESTARTING(lock_whole(fd, operation)));
}

int lockf(int fd, int command, off_t size_bytes)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_CUR, .l_len = size_bytes};

    switch (command) {
    case F_ULOCK:
        lock.l_type = F_UNLCK;
        return fcntl(fd, F_SETLK, &lock);
    case F_LOCK:
        return fcntl(fd, F_SETLKW, &lock);
    case F_TLOCK:
        return fcntl(fd, F_SETLK, &lock);
    case F_TEST:
        if (fcntl(fd, F_GETLK, &lock) < 0)
            return -1;
        return lock.l_type == F_UNLCK ? 0 : (int)result(-EACCES);
    default:
        return (int)result(-EINVAL);
    }
}

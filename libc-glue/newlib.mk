# SPDX-License-Identifier: MIT
#
# How newlib is configured, and what of its source is compiled beyond that.

NEWLIB_CONFIGURE = --host=x86_64-elf --target=x86_64-elf --disable-multilib --prefix=/ \
	--enable-newlib-io-c99-formats --enable-newlib-io-long-long \
	--enable-newlib-io-long-double --enable-newlib-io-pos-args \
	--enable-newlib-mb --enable-newlib-multithread \
	--enable-newlib-retargetable-locking --enable-newlib-reent-thread-local \
	--enable-newlib-global-atexit --disable-newlib-supplied-syscalls \
	--enable-newlib-iconv --enable-newlib-iconv-encodings=$(subst $(space),$(comma),$(NEWLIB_ENCODINGS))

# The C library's own character sets do not need iconv; these are for iconv_open().
NEWLIB_ENCODINGS := us_ascii utf_8 utf_16 utf_16be utf_16le ucs_2 ucs_2be ucs_2le ucs_4 ucs_4be ucs_4le \
	iso_8859_1 iso_8859_2 iso_8859_5 iso_8859_7 iso_8859_9 iso_8859_15 koi8_r win_1251 win_1252 cp850
comma := ,
space := $() $()

# newlib calls us by reserved names (_write_r and so on, libc-glue/newlib_calls.c), so
# that a program may have a write() of its own. Not unix: its system() would fork.
NEWLIB_DEFINES := -DREENTRANT_SYSCALLS_PROVIDED -UMISSING_SYSCALL_NAMES -DSIGNAL_PROVIDED \
	-DHAVE_FCNTL -DHAVE_RENAME -DHAVE_OPENDIR -DHAVE_BLKSIZE -DHAVE_NANOSLEEP \
	-Uunix -U__unix__ -U__unix

# Left out of newlib's build for systems it does not know by name.
NEWLIB_EXTRA := posix/fnmatch.c posix/glob.c \
	posix/regcomp.c posix/regexec.c posix/regerror.c posix/regfree.c \
	posix/collate.c posix/collcmp.c unix/basename.c unix/dirname.c

# Headers of what does not exist here (without them ./configure is not misled), and one
# that the compiler brings in a better version.
HEADERS_DROPPED := devctl.h ieeefp.h ndbm.h regdef.h rpc sys/custom_file.h \
	utmp.h stdatomic.h sys/_default_fcntl.h sys/tree.h

# Members that the glue has in its own way. They leave libc.a, whose own references the
# linker would otherwise satisfy within it.
NEWLIB_REPLACED := _Exit abort arc4random assert atexit clock exit getsubopt gettzinfo gmtime_r lcltime_r lock mktemp \
	memchr memcmp memcpy memmove memset mktime raise rand random remove rename srandom stack_protector \
	strchr strchrnul strcspn strerror strlen strsignal system tempnam tmpfile tmpnam \
	tzcalc_limits tzset tzset_r tzvars \
	aligned_alloc calloc callocr cfreer freer malign malignr mallinfor malloc mallocr malloptr \
	mallstatsr mlock msize msizer mstats mtrim pvallocr realloc reallocf reallocr valloc vallocr
LIBM_REPLACED := s_fma sf_fma s_fmal fmal w_tgamma wf_tgamma sf_erf

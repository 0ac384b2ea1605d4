/* SPDX-License-Identifier: MIT
 *
 * Our functions beside the host's of the same names: `-include` this for their sources.
 */
#ifndef TEST_OWN_NAMES_H
#define TEST_OWN_NAMES_H

#define getaddrinfo        own_getaddrinfo
#define freeaddrinfo       own_freeaddrinfo
#define getnameinfo        own_getnameinfo
#define gai_strerror       own_gai_strerror
#define gethostbyname      own_gethostbyname
#define gethostbyname_r    own_gethostbyname_r
#define gethostbyname2     own_gethostbyname2
#define gethostbyname2_r   own_gethostbyname2_r
#define gethostbyaddr      own_gethostbyaddr
#define gethostbyaddr_r    own_gethostbyaddr_r
#define getservbyname      own_getservbyname
#define getservbyport      own_getservbyport
#define getservbyname_r    own_getservbyname_r
#define getservbyport_r    own_getservbyport_r
#define getprotobyname     own_getprotobyname
#define getprotobynumber   own_getprotobynumber
#define gethostent         own_gethostent
#define getnetbyname       own_getnetbyname
#define getnetbyaddr       own_getnetbyaddr
#define gethostname        own_gethostname
#define hstrerror          own_hstrerror
#define herror             own_herror
#define __h_errno_location own___h_errno_location

#endif

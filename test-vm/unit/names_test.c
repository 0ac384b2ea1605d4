/* SPDX-License-Identifier: MIT
 *
 * Names of hosts and services against name servers of our own: a thread that answers
 * by what the name says, also wrongly, late, in pieces or not at all.
 */
// sources: -include test-vm/unit/own_names.h
// sources: libc-glue/names/getaddrinfo.c libc-glue/names/getnameinfo.c
// sources: libc-glue/names/gethostbyname.c libc-glue/names/gethostent.c
// sources: libc-glue/names/gai_strerror.c libc-glue/names/hosts.c libc-glue/names/services.c
// sources: libc-glue/names/protocols.c libc-glue/names/names_file.c
// sources: libc-glue/names/resolver_settings.c libc-glue/names/learned_names.c
// sources: libc-glue/names/dns_client.c libc-glue/names/dns_message.c
// sources: libc-glue/names/address_order.c
#include "own_names.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libc-glue/names/names.h"
#include "unit.h"

/* ---- the name server ---- */

enum behaviour { GOOD, SILENT, BROKEN, FORGER, TRUNCATES };

struct server {
    enum behaviour behaviour;
    int udp, tcp;
    uint16_t port;
    pthread_t thread;
    unsigned asked, asked_tcp; /* questions */
};

static struct server servers[2];

int own_gethostname(char *to, size_t bytes);
int own_gethostname(char *to, size_t bytes)
{
    snprintf(to, bytes, "thimble.example");
    return 0;
}

static void record_put(unsigned char **to, int type, const void *data, size_t bytes)
{
    static const unsigned char fixed[] = {0xc0, 12, 0, 0, 0, 1, 0, 0, 0, 60, 0, 0};

    memcpy(*to, fixed, sizeof fixed);
    (*to)[3] = (unsigned char)type;
    (*to)[11] = (unsigned char)bytes;
    memcpy(*to + sizeof fixed, data, bytes);
    *to += sizeof fixed + bytes;
}

/* v4.example has one address of IPv4, many.example 20, none.example nothing, 4.3.2.1 a name
 * and all else is not there. The size of the answer. */
static size_t answer_make(const unsigned char *question, size_t size, unsigned char *to)
{
    static const unsigned char v6[16] = {0x20, 1, 0xd, 0xb8, [15] = 1};
    unsigned char *at = to + size;
    char name[DNS_NAME_BYTES];
    int type = question[size - 3], count = 0;

    CHECK(dns_name_get(question, size, 12, name) == size - 4);
    memcpy(to, question, size);
    to[2] = 0x81;
    to[3] = 0x80;
    bool both = !strcmp(name, "both.example"), four = !strcmp(name, "v4.example") || both;
    if (type == DNS_A && four)
        record_put(&at, DNS_A, "\xc0\0\2\7", 4), count++;
    if (type == DNS_AAAA && (!strcmp(name, "v6.example") || both))
        record_put(&at, DNS_AAAA, v6, 16), count++;
    if (type == DNS_A && !strcmp(name, "many.example"))
        for (; count < 20; count++)
            record_put(&at, DNS_A, (unsigned char[]){192, 0, 2, (unsigned char)count}, 4);
    if (type == DNS_PTR && !strcmp(name, "7.2.0.192.in-addr.arpa"))
        record_put(&at, DNS_PTR, "\2v4\7example", 12), count++;
    if (type == DNS_PTR && strstr(name, "8.b.d.0.1.0.0.2.ip6.arpa"))
        record_put(&at, DNS_PTR, "\2v6\7example", 12), count++;
    if (!count && !four && strcmp(name, "none.example") && strcmp(name, "v6.example") &&
        strcmp(name, "many.example"))
        to[3] |= 3;
    to[7] = (unsigned char)count;
    return (size_t)(at - to);
}

static void datagram_answer(struct server *server)
{
    unsigned char question[512], answer[4096];
    struct sockaddr_storage from;
    socklen_t from_bytes = sizeof from;
    ssize_t got =
        recvfrom(server->udp, question, sizeof question, 0, (struct sockaddr *)&from, &from_bytes);
    size_t size;

    if (got <= 0)
        return;
    __atomic_add_fetch(&server->asked, 1, __ATOMIC_SEQ_CST);
    size = answer_make(question, (size_t)got, answer);
    if (server->behaviour == SILENT)
        return;
    if (server->behaviour == BROKEN)
        answer[3] = 0x82;
    if (server->behaviour == TRUNCATES) {
        answer[2] |= 2;
        size = (size_t)got;
    }
    if (server->behaviour == FORGER) { /* garbage, another's answer, and then the right one */
        unsigned char forged[4096];
        sendto(server->udp, "garbage", 7, 0, (struct sockaddr *)&from, from_bytes);
        sendto(server->udp, "", 0, 0, (struct sockaddr *)&from, from_bytes);
        memcpy(forged, answer, size);
        forged[0] ^= 0x55;
        forged[size - 1] = 66;
        sendto(server->udp, forged, size, 0, (struct sockaddr *)&from, from_bytes);
    }
    sendto(server->udp, answer, size, 0, (struct sockaddr *)&from, from_bytes);
}

/* Byte by byte, to see that the other side puts them together. */
static void stream_answer(struct server *server)
{
    unsigned char question[514] = {0}, answer[4098];
    int fd = accept(server->tcp, NULL, NULL);
    size_t got = 0, size;

    while (got < 2 || got < 2u + question[1]) {
        ssize_t more = recv(fd, question + got, sizeof question - got, 0);
        CHECK(more > 0);
        got += (size_t)more;
    }
    __atomic_add_fetch(&server->asked_tcp, 1, __ATOMIC_SEQ_CST);
    size = answer_make(question + 2, got - 2, answer + 2);
    answer[0] = (unsigned char)(size >> 8);
    answer[1] = (unsigned char)size;
    for (size_t i = 0; i < size + 2; i++)
        send(fd, answer + i, 1, MSG_NOSIGNAL);
    close(fd);
}

static void *server_run(void *argument)
{
    struct server *server = argument;

    for (;;) {
        struct pollfd fds[2] = {{.fd = server->udp, .events = POLLIN},
                                {.fd = server->tcp, .events = POLLIN}};
        poll(fds, 2, -1);
        if (fds[0].revents)
            datagram_answer(server);
        if (fds[1].revents)
            stream_answer(server);
    }
    return NULL;
}

static void server_start(struct server *server)
{
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t bytes = sizeof name;

    do { /* one number for both */
        server->udp = socket(AF_INET, SOCK_DGRAM, 0);
        server->tcp = socket(AF_INET, SOCK_STREAM, 0);
        name.sin_port = 0;
        CHECK(!bind(server->udp, (struct sockaddr *)&name, bytes));
        CHECK(!getsockname(server->udp, (struct sockaddr *)&name, &bytes));
    } while (bind(server->tcp, (struct sockaddr *)&name, bytes));
    CHECK(!listen(server->tcp, 5));
    server->port = ntohs(name.sin_port);
    CHECK(!pthread_create(&server->thread, NULL, server_run, server));
}

/* ---- what is configured ---- */

static char folder[] = "/tmp/names-test.XXXXXX";

static void file_write(const char *name, const char *text)
{
    char path[64];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (!text) {
        unlink(path);
        return;
    }
    file = fopen(path, "w");
    CHECK(file && fputs(text, file) >= 0 && !fclose(file));
}

static void learn(enum behaviour first, enum behaviour second, const char *search)
{
    struct resolver_names names = {.server_count = 2};

    for (int i = 0; i < 2; i++) {
        servers[i].behaviour = i ? second : first;
        servers[i].asked = servers[i].asked_tcp = 0;
        names.servers[i] = (struct resolver_server){
            .family = AF_INET, .address = {127, 0, 0, 1}, .port = servers[i].port};
    }
    snprintf(names.search, sizeof names.search, "%s", search);
    learned_names_set(NAMES_DHCP, &names);
}

/* What getaddrinfo says of a name, as one text: addresses in order, or the error. */
static const char *find(const char *name, int family, int flags)
{
    static _Thread_local char text[2048];
    struct addrinfo hints = {.ai_family = family, .ai_socktype = SOCK_STREAM, .ai_flags = flags};
    struct addrinfo *list = NULL;
    int error = getaddrinfo(name, NULL, &hints, &list);

    text[0] = 0;
    if (error)
        return gai_strerror(error);
    for (struct addrinfo *at = list; at; at = at->ai_next) {
        char number[64];
        CHECK(!getnameinfo(at->ai_addr, at->ai_addrlen, number, sizeof number, NULL, 0,
                           NI_NUMERICHOST));
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", *text ? " " : "", number);
    }
    freeaddrinfo(list);
    return text;
}

static void set_up(void)
{
    CHECK(mkdtemp(folder));
    names_folder = folder;
    file_write("resolv.conf", "options timeout:1 attempts:2\n");
    server_start(&servers[0]);
    server_start(&servers[1]);
}

static void test_dns(void)
{
    learn(GOOD, GOOD, "");
    CHECK_TEXT(find("v4.example", AF_UNSPEC, 0), "192.0.2.7");
    CHECK(servers[0].asked == 2 && servers[1].asked == 0);
    CHECK_TEXT(find("v6.example", AF_UNSPEC, 0), "2001:db8::1");
    CHECK(strstr(find("both.example", AF_UNSPEC, 0), "192.0.2.7"));
    CHECK(strstr(find("both.example", AF_UNSPEC, 0), "2001:db8::1"));
    CHECK_TEXT(find("both.example", AF_INET, 0), "192.0.2.7");
    CHECK_TEXT(find("both.example.", AF_INET6, 0), "2001:db8::1");
    CHECK_TEXT(find("v4.example", AF_INET6, 0), "No address associated with hostname");
    CHECK_TEXT(find("v4.example", AF_INET6, AI_V4MAPPED), "::ffff:192.0.2.7");
    CHECK(strstr(find("both.example", AF_INET6, AI_V4MAPPED | AI_ALL), "::ffff:192.0.2.7"));
    CHECK_TEXT(find("none.example", AF_UNSPEC, 0), "No address associated with hostname");
    CHECK_TEXT(find("missing.example", AF_UNSPEC, 0), "Name or service not known");
    CHECK_TEXT(find("not a name", AF_UNSPEC, 0), "Name or service not known");
    CHECK_TEXT(find("", AF_UNSPEC, 0), "Name or service not known");
    CHECK(strlen(find("many.example", AF_INET, 0)) > 190);
}

static void test_bad_servers(void)
{
    learn(FORGER, GOOD, "");
    CHECK_TEXT(find("v4.example", AF_INET, 0), "192.0.2.7");
    CHECK(servers[1].asked == 0);
    learn(BROKEN, GOOD, "");
    CHECK_TEXT(find("v4.example", AF_INET, 0), "192.0.2.7");
    CHECK(servers[0].asked == 1 && servers[1].asked == 1);
    CHECK_TEXT(find("both.example", AF_INET, 0), "192.0.2.7");
    CHECK(servers[0].asked == 1 && servers[1].asked == 2); /* the good one first now */
    learn(GOOD, SILENT, "");
    CHECK_TEXT(find("v4.example", AF_INET, 0), "192.0.2.7");
    CHECK(servers[0].asked == 1 && servers[1].asked == 1);
    learn(SILENT, SILENT, "");
    CHECK_TEXT(find("v4.example", AF_INET, 0), "Temporary failure in name resolution");
    CHECK(servers[0].asked == 2 && servers[1].asked == 2);
    learn(BROKEN, BROKEN, "");
    CHECK_TEXT(find("v4.example", AF_UNSPEC, 0), "Temporary failure in name resolution");
    learn(TRUNCATES, TRUNCATES, "");
    CHECK_TEXT(find("v4.example", AF_INET, 0), "192.0.2.7");
    CHECK(strlen(find("many.example", AF_UNSPEC, 0)) > 190);
    CHECK(servers[0].asked_tcp + servers[1].asked_tcp == 3);
}

/* A server that is not there is found out at once, not after a timeout. */
static void test_refused(void)
{
    struct resolver_names names = {
        .server_count = 2,
        .servers = {{.family = AF_INET, .address = {127, 0, 0, 1}, .port = 1},
                    {.family = AF_INET, .address = {127, 0, 0, 1}, .port = servers[1].port}}};
    struct resolver_names nobody = {0};

    learn(GOOD, GOOD, "");
    learned_names_set(NAMES_DHCP, &names);
    clock_t start = time(NULL);
    for (int i = 0; i < 3; i++)
        CHECK_TEXT(find("v4.example", AF_INET, 0), "192.0.2.7");
    CHECK(time(NULL) - start < 3);
    learned_names_set(NAMES_DHCP, &nobody);
    CHECK_TEXT(find("v4.example", AF_INET, 0), "Temporary failure in name resolution");
}

static void test_search(void)
{
    learn(GOOD, GOOD, "nowhere.example example");
    CHECK_TEXT(find("v4", AF_INET, 0), "192.0.2.7");
    CHECK(servers[0].asked + servers[1].asked == 2); /* in both domains, not as it is */
    CHECK_TEXT(find("v4.", AF_INET, 0), "Name or service not known");
    CHECK_TEXT(find("missing", AF_INET, 0), "Name or service not known");
    CHECK_TEXT(find("none", AF_INET, 0), "No address associated with hostname");
    file_write("resolv.conf", "search other.example\noptions ndots:3 timeout:1\n");
    CHECK_TEXT(find("v4", AF_INET, 0), "Name or service not known");
    servers[0].asked = servers[1].asked = 0;
    CHECK_TEXT(find("v4.example", AF_INET, 0), "192.0.2.7");
    CHECK(servers[0].asked + servers[1].asked == 2);
    file_write("resolv.conf", "options timeout:1\n");
}

static void test_files(void)
{
    struct resolver_settings settings;
    struct resolver_names given = {.server_count = 1,
                                   .servers = {{.family = AF_INET6, .port = 53}},
                                   .search = "given.example"};

    learn(GOOD, GOOD, "dhcp.example");
    file_write("resolv.conf", "# none\nnameserver 10.0.0.1\n; no\nnameserver fe80::1%7\n"
                              "nameserver bad\nnameserver 10.0.0.3\nnameserver 10.0.0.4\n"
                              "domain x.example\nsearch a.example  b_b.example ???\n"
                              "options ndots:99 timeout:0 attempts:9 rotate edns0");
    resolver_settings_read(&settings);
    CHECK(settings.names.server_count == 3 && settings.names.servers[1].scope == 7);
    CHECK(settings.names.servers[2].address[3] == 3);
    CHECK_TEXT(settings.names.search, "a.example b_b.example");
    CHECK(settings.ndots == 15 && settings.timeout_s == 1 && settings.attempts == 5);
    CHECK(settings.rotate);
    learned_names_set(NAMES_GIVEN, &given);
    resolver_settings_read(&settings);
    CHECK(settings.names.server_count == 1 && settings.names.servers[0].family == AF_INET6);
    CHECK_TEXT(settings.names.search, "given.example");
    learned_names_set(NAMES_GIVEN, &(struct resolver_names){0});
    file_write("resolv.conf", "");
    resolver_settings_read(&settings);
    CHECK(settings.names.server_count == 2 && settings.timeout_s == 5);
    CHECK_TEXT(settings.names.search, "dhcp.example");
    file_write("resolv.conf", "options timeout:1\n");

    file_write("hosts", "10.1.2.3 first.example FIRST alias # comment\n"
                        "bad line\n10.1.2.4\tfirst.example\n"
                        "fe80::5 link.example\n2001:db8::9 first.example\n");
    CHECK_TEXT(find("first", AF_INET, 0), "10.1.2.3");
    CHECK(strstr(find("first.example", AF_UNSPEC, 0), "10.1.2.4"));
    CHECK_TEXT(find("First.Example", AF_INET6, 0), "2001:db8::9");
    CHECK_TEXT(find("localhost", AF_INET, 0), "127.0.0.1");
    CHECK(gethostent() && !strcmp(gethostent()->h_name, "first.example"));
    file_write("hosts", NULL);
    CHECK_TEXT(find("localhost", AF_INET6, 0), "::1");
    CHECK_TEXT(find("a.b.localhost", AF_INET, 0), "127.0.0.1");
    CHECK(*find("thimble.example", AF_UNSPEC, 0));
    CHECK(!strstr(find("thimble.example", AF_UNSPEC, 0), "not known"));
}

/* ---- what needs no asking: against the host's own ---- */

#undef getaddrinfo
#undef freeaddrinfo
int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                struct addrinfo **result);
void freeaddrinfo(struct addrinfo *list);

static void numeric_compare(const char *host, const char *service, const struct addrinfo *hints)
{
    struct addrinfo *own = NULL, *real = NULL, *a, *b;
    int own_error = own_getaddrinfo(host, service, hints, &own);
    int real_error = getaddrinfo(host, service, hints, &real);

    if (own_error != real_error) {
        fprintf(stderr, "%s %s flags %x family %d type %d: %d, the host says %d\n", host, service,
                (unsigned)hints->ai_flags, hints->ai_family, hints->ai_socktype, own_error,
                real_error);
        exit(1);
    }
    for (a = own, b = real; a && b; a = a->ai_next, b = b->ai_next) {
        CHECK(a->ai_family == b->ai_family && a->ai_socktype == b->ai_socktype);
        CHECK(a->ai_protocol == b->ai_protocol && a->ai_addrlen == b->ai_addrlen);
        CHECK(!memcmp(a->ai_addr, b->ai_addr, a->ai_addrlen));
        CHECK(!a->ai_canonname == !b->ai_canonname);
        if (a->ai_canonname)
            CHECK_TEXT(a->ai_canonname, b->ai_canonname);
    }
    CHECK(!a && !b);
    own_freeaddrinfo(own);
    if (!real_error)
        freeaddrinfo(real);
}

static void test_numeric(void)
{
    static const char *const hosts[] = {NULL,  "192.0.2.1",  "10.1",          "2001:db8::1",
                                        "::1", "fe80::1%lo", "::ffff:1.2.3.4"};
    static const char *const services[] = {NULL, "80", "65535", "0"};
    static const int types[] = {0, SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, 77};
    static const int families[] = {AF_UNSPEC, AF_INET, AF_INET6, AF_UNIX};
    static const int flags[] = {AI_NUMERICHOST, AI_NUMERICHOST | AI_PASSIVE,
                                AI_NUMERICHOST | AI_CANONNAME, AI_NUMERICHOST | AI_V4MAPPED,
                                AI_NUMERICHOST | 0x4000000};

    for (unsigned n = 0; n < 7 * 4 * 5 * 4 * 5; n++) {
        struct addrinfo hints = {.ai_flags = flags[n % 5],
                                 .ai_family = families[n / 5 % 4],
                                 .ai_socktype = types[n / 20 % 5]};
        numeric_compare(hosts[n / 100 % 7], services[n / 700], &hints);
    }
}

#define getaddrinfo  own_getaddrinfo
#define freeaddrinfo own_freeaddrinfo

static void test_services(void)
{
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST}, *list;
    struct servent *entry, room_entry;
    char small[8];

    CHECK(!getaddrinfo("1.2.3.4", "https", &hints, &list));
    CHECK(list->ai_socktype == SOCK_STREAM && list->ai_next->ai_socktype == SOCK_DGRAM);
    CHECK(!list->ai_next->ai_next);
    CHECK(((struct sockaddr_in *)(void *)list->ai_addr)->sin_port == htons(443));
    freeaddrinfo(list);
    CHECK(!getaddrinfo("1.2.3.4", "http", &hints, &list) && !list->ai_next);
    freeaddrinfo(list);
    CHECK(getaddrinfo("1.2.3.4", "no-such", &hints, &list) == EAI_SERVICE);
    CHECK(getaddrinfo("1.2.3.4", "65536", &hints, &list) == EAI_SERVICE);
    hints.ai_flags |= AI_NUMERICSERV;
    CHECK(getaddrinfo("1.2.3.4", "http", &hints, &list) == EAI_NONAME);
    CHECK(getaddrinfo(NULL, NULL, NULL, &list) == EAI_NONAME);

    entry = getservbyname("www", NULL);
    CHECK(entry && entry->s_port == htons(80) && !strcmp(entry->s_name, "http"));
    CHECK(!getservbyname("http", "udp"));
    entry = getservbyport(htons(53), "udp");
    CHECK(entry && !strcmp(entry->s_name, "domain") && !strcmp(entry->s_proto, "udp"));
    CHECK(!getservbyport(htons(9999), NULL));
    CHECK(getservbyname_r("http", "tcp", &room_entry, small, sizeof small, &entry) == ERANGE);
    CHECK(!entry);
    file_write("services", "mine 9999/tcp my-own\n");
    entry = getservbyname("my-own", "tcp");
    CHECK(entry && entry->s_port == htons(9999) && !getservbyname("http", "tcp"));
    file_write("services", NULL);
    CHECK(getprotobyname("TCP")->p_proto == 6 && getprotobynumber(58) && !getprotobynumber(250));
    CHECK(getnetbyname("loopback")->n_net == 0x7f000000 && getnetbyaddr(127, AF_INET));
}

static void test_old_calls(void)
{
    struct hostent *host, entry, *result;
    struct in_addr address = {.s_addr = htonl(0xc0000207)};
    char small[64], name[64], service[32];
    struct sockaddr_in socket_name = {
        .sin_family = AF_INET, .sin_port = htons(80), .sin_addr = address};
    int reason;

    learn(GOOD, GOOD, "");
    host = gethostbyname("v4.example");
    CHECK(host && host->h_length == 4 && host->h_addrtype == AF_INET);
    CHECK(!memcmp(host->h_addr, &address, 4) && !host->h_addr_list[1] && !host->h_aliases[0]);
    CHECK_TEXT(host->h_name, "v4.example");
    CHECK(!gethostbyname("missing.example") && h_errno == HOST_NOT_FOUND);
    CHECK(!gethostbyname("none.example") && h_errno == NO_DATA);
    CHECK(!gethostbyname2("v4.example", AF_INET6) && h_errno == NO_DATA);
    CHECK(gethostbyname("192.0.2.7") && !strcmp(gethostbyname("192.0.2.7")->h_name, "192.0.2.7"));
    CHECK(gethostbyname_r("many.example", &entry, small, sizeof small, &result, &reason) ==
              ERANGE &&
          reason == NETDB_INTERNAL && !result);
    host = gethostbyaddr(&address, 4, AF_INET);
    CHECK(host && !strcmp(host->h_name, "v4.example") && !memcmp(host->h_addr, &address, 4));
    CHECK(!gethostbyaddr(&(struct in_addr){0}, 4, AF_INET) && h_errno == HOST_NOT_FOUND);

    CHECK(!getnameinfo((struct sockaddr *)&socket_name, sizeof socket_name, name, sizeof name,
                       service, sizeof service, 0));
    CHECK_TEXT(name, "v4.example");
    CHECK_TEXT(service, "http");
    CHECK(!getnameinfo((struct sockaddr *)&socket_name, sizeof socket_name, name, sizeof name,
                       service, sizeof service, NI_NOFQDN | NI_NUMERICSERV | NI_DGRAM));
    CHECK_TEXT(name, "v4");
    CHECK_TEXT(service, "80");
    CHECK(getnameinfo((struct sockaddr *)&socket_name, sizeof socket_name, name, 4, NULL, 0, 0) ==
          EAI_OVERFLOW);
    socket_name.sin_addr.s_addr = 0;
    CHECK(getnameinfo((struct sockaddr *)&socket_name, sizeof socket_name, name, sizeof name, NULL,
                      0, NI_NAMEREQD) == EAI_NONAME);
}

static void *finder(void *argument)
{
    (void)argument;
    for (int i = 0; i < 200; i++) {
        CHECK_TEXT(find("v4.example", AF_INET, 0), "192.0.2.7");
        CHECK_TEXT(find("v6.example", AF_UNSPEC, 0), "2001:db8::1");
        CHECK_TEXT(find("missing.example", AF_INET, 0), "Name or service not known");
    }
    return NULL;
}

/* Many at once, while the configuration changes. */
static void test_threads(void)
{
    pthread_t threads[8];

    learn(GOOD, GOOD, "");
    for (int i = 0; i < 8; i++)
        CHECK(!pthread_create(&threads[i], NULL, finder, NULL));
    for (int i = 0; i < 2000; i++) {
        learn(GOOD, GOOD, i % 2 ? "" : "example");
        usleep(200);
    }
    for (int i = 0; i < 8; i++)
        pthread_join(threads[i], NULL);
    file_write("resolv.conf", NULL);
    rmdir(folder);
}

UNIT_MAIN(TEST(set_up), TEST(test_dns), TEST(test_bad_servers), TEST(test_refused),
          TEST(test_search), TEST(test_files), TEST(test_numeric), TEST(test_services),
          TEST(test_old_calls), TEST(test_threads))

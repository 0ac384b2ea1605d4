/* SPDX-License-Identifier: MIT
 *
 * Checks a JSON file against a schema: the words of JSON Schema that our own
 * schemas use, and a refusal of any other.
 *     schema_check SCHEMA FILE
 */
#include <err.h>
#include <jansson.h>
#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const json_t *root;
static int offences;

static void offence(const char *place, const char *what)
{
    printf("%s: %s\n", *place ? place : "/", what);
    offences++;
}

static bool is_type(const json_t *value, const char *type)
{
    return strcmp(type, "object") == 0    ? json_is_object(value)
           : strcmp(type, "array") == 0   ? json_is_array(value)
           : strcmp(type, "string") == 0  ? json_is_string(value)
           : strcmp(type, "integer") == 0 ? json_is_integer(value)
           : strcmp(type, "number") == 0  ? json_is_number(value)
           : strcmp(type, "boolean") == 0 ? json_is_boolean(value)
                                          : false;
}

static void check(const json_t *schema, const json_t *value, const char *place);

static void check_members(const json_t *schema, const json_t *value, const char *place)
{
    const json_t *properties = json_object_get(schema, "properties");
    const json_t *others = json_object_get(schema, "additionalProperties");
    for (void *at = json_object_iter((json_t *)value); at;
         at = json_object_iter_next((json_t *)value, at)) {
        const char *key = json_object_iter_key(at);
        const json_t *member = json_object_iter_value(at);
        char inner[512];
        const json_t *rule = json_object_get(properties, key);
        snprintf(inner, sizeof inner, "%s/%s", place, key);
        if (!rule && json_is_false(others))
            offence(inner, "not expected");
        else if (rule || json_is_object(others))
            check(rule ? rule : others, member, inner);
    }
}

static void check_pattern(const char *pattern, const char *text, const char *place)
{
    regex_t compiled;
    if (regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB))
        errx(2, "the pattern %s is none", pattern);
    if (regexec(&compiled, text, 0, NULL, 0))
        offence(place, "it does not match its pattern");
    regfree(&compiled);
}

static void check_list(const char *word, const json_t *rule, const json_t *value, const char *place)
{
    size_t index;
    bool found = false;
    for (index = 0; index < json_array_size(rule); index++) {
        const json_t *item = json_array_get(rule, index);
        if (strcmp(word, "required") == 0 && !json_object_get(value, json_string_value(item)))
            offence(place, json_string_value(item));
        found |= json_equal(item, value);
    }
    if (strcmp(word, "enum") == 0 && !found)
        offence(place, "none of the values allowed");
}

static void check_items(const json_t *rule, const json_t *value, const char *place)
{
    size_t index;
    for (index = 0; index < json_array_size(value); index++) {
        const json_t *item = json_array_get(value, index);
        char inner[512];
        snprintf(inner, sizeof inner, "%s/%zu", place, index);
        check(rule, item, inner);
    }
}

static void check_size(const char *word, double limit, const json_t *value, const char *place)
{
    double size = strcmp(word, "minimum") == 0         ? json_number_value(value)
                  : strcmp(word, "minProperties") == 0 ? (double)json_object_size(value)
                                                       : (double)json_array_size(value);
    if (strncmp(word, "max", 3) == 0 ? size > limit : size < limit)
        offence(place, word);
}

static void check_word(const char *word, const json_t *schema, const json_t *rule,
                       const json_t *value, const char *place)
{
    static const char *const said[] = {"$schema", "title", "description", "$defs",
                                       "additionalProperties"};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (strcmp(word, said[i]) == 0)
            return;
    if (strcmp(word, "$ref") == 0)
        check(json_object_get(json_object_get(root, "$defs"),
                              json_string_value(rule) + strlen("#/$defs/")),
              value, place);
    else if (strcmp(word, "type") == 0 && !is_type(value, json_string_value(rule)))
        offence(place, "not of its type");
    else if (strcmp(word, "const") == 0 && !json_equal(rule, value))
        offence(place, "not the value expected");
    else if (strcmp(word, "required") == 0 || strcmp(word, "enum") == 0)
        check_list(word, rule, value, place);
    else if (strcmp(word, "properties") == 0)
        check_members(schema, value, place);
    else if (strcmp(word, "items") == 0)
        check_items(rule, value, place);
    else if (strcmp(word, "pattern") == 0)
        check_pattern(json_string_value(rule), json_string_value(value), place);
    else if (json_is_number(rule) && strncmp(word, "m", 1) == 0)
        check_size(word, json_number_value(rule), value, place);
    else if (strcmp(word, "type") != 0 && strcmp(word, "const") != 0)
        errx(2, "the schema's word %s is not known here", word);
}

static void check(const json_t *schema, const json_t *value, const char *place)
{
    if (!json_is_object(schema))
        errx(2, "%s: no schema for it", place);
    for (void *at = json_object_iter((json_t *)schema); at;
         at = json_object_iter_next((json_t *)schema, at))
        check_word(json_object_iter_key(at), schema, json_object_iter_value(at), value, place);
    if (!json_object_get(schema, "properties") && json_object_get(schema, "additionalProperties"))
        check_members(schema, value, place);
}

int main(int argc, char **argv)
{
    json_error_t error;
    if (argc != 3)
        errx(2, "usage: schema_check SCHEMA FILE");
    root = json_load_file(argv[1], 0, &error);
    if (!root)
        errx(2, "%s:%d: %s", argv[1], error.line, error.text);
    const json_t *value = json_load_file(argv[2], 0, &error);
    if (!value)
        errx(1, "%s:%d: %s", argv[2], error.line, error.text);
    check(root, value, "");
    return offences != 0;
}

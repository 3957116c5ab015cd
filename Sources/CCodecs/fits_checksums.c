#include "fits_checksums.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fits_file.h"

enum {
    /// Of the value in its card, behind the first quote.
    VALUE = 11,
    CODE_LENGTH = 16,
    /// Of a text, as the standard has it.
    SHORTEST_TEXT = 8,
};

/// One's complement: what overflows is added at the lower end, so that 0xFFFFFFFF counts as nothing.
uint32_t fpx_fits_add_change(uint32_t change, uint32_t other) {
    uint64_t sum = (uint64_t)change + other;
    return (uint32_t)(sum + (sum >> 32));
}

static uint32_t negated(uint32_t change) { return ~change; }

uint32_t fpx_fits_byte_change(uint64_t offset, uint8_t before, uint8_t after) {
    unsigned shift = 8 * (3 - (unsigned)(offset % 4));
    return fpx_fits_add_change((uint32_t)after << shift, negated((uint32_t)before << shift));
}

/// A sum that is not known has an empty text.
static bool is_known(const uint8_t *card) {
    size_t byte = VALUE;
    while (byte < FPX_FITS_CARD && card[byte] == ' ') {
        byte++;
    }
    return card[VALUE - 1] != '\'' || byte == FPX_FITS_CARD || card[byte] != '\'';
}

static bool is_sum(const uint8_t *card, const char *keyword) {
    return memcmp(card, keyword, 10) == 0 && is_known(card);
}

/// Puts a text between the quotes of a card, whose comment moves when it is longer; false when there are none.
static bool set_text(uint8_t *card, const char *text) {
    const uint8_t *end = card[VALUE - 1] == '\'' ? memchr(card + VALUE, '\'', (size_t)(FPX_FITS_CARD - VALUE)) : NULL;
    if (end == NULL) {
        return false;
    }
    size_t old_length = (size_t)(end - card) - VALUE;
    size_t length = strlen(text) < SHORTEST_TEXT ? SHORTEST_TEXT : strlen(text);
    length = length < old_length ? old_length : length;
    char changed[2 * FPX_FITS_CARD + 1];
    snprintf(changed, sizeof changed, "%.*s%-*s%.*s", VALUE, (const char *)card, (int)length, text,
             (int)(FPX_FITS_CARD - VALUE - old_length), (const char *)end);
    memcpy(card, changed, FPX_FITS_CARD);
    return true;
}

/// The number that sixteen characters stand for, which add up to it by four; false for others.
static bool decode(const uint8_t *code, uint32_t *number) {
    uint64_t sum = 0;
    for (unsigned index = 0; index < CODE_LENGTH; index++) {
        if (code[index] < '0' || code[index] > 'r') {
            return false;
        }
        // They are turned by one, as the card's value does not begin at a fourth byte.
        sum += (uint64_t)(code[index] - '0') << (8 * (3 - (index + CODE_LENGTH - 1) % 4));
    }
    *number = (uint32_t)((sum & UINT32_MAX) + (sum >> 32));
    return true;
}

/// Letters and digits only.
static void encode(uint32_t number, uint8_t *code) {
    for (unsigned byte = 0; byte < 4; byte++) {
        unsigned value = number >> (8 * (3 - byte)) & 255;
        unsigned parts[4];
        for (unsigned part = 0; part < 4; part++) {
            parts[part] = value / 4 + '0' + (part == 0 ? value % 4 : 0);
        }
        for (unsigned part = 0; part < 4; part += 2) {
            while ((parts[part] > '9' && parts[part] < 'A') || (parts[part] > 'Z' && parts[part] < 'a') ||
                   (parts[part + 1] > '9' && parts[part + 1] < 'A') ||
                   (parts[part + 1] > 'Z' && parts[part + 1] < 'a')) {
                parts[part]++;
                parts[part + 1]--;
            }
        }
        for (unsigned part = 0; part < 4; part++) {
            code[(4 * part + byte + 1) % CODE_LENGTH] = (uint8_t)parts[part];
        }
    }
}

static uint32_t sum_of(const uint8_t *card) {
    uint32_t sum = 0;
    for (unsigned byte = 0; byte < FPX_FITS_CARD; byte++) {
        sum = fpx_fits_add_change(sum, fpx_fits_byte_change(byte, 0, card[byte]));
    }
    return sum;
}

static bool is_all_zeros(const uint8_t *data, uint64_t byte_count) {
    for (uint64_t byte = 0; byte < byte_count; byte++) {
        if (data[byte] != 0) {
            return false;
        }
    }
    return true;
}

/// What a card's text adds to the sum of its header when it becomes another one.
static uint32_t difference(uint32_t before, const uint8_t *card) {
    return fpx_fits_add_change(sum_of(card), negated(before));
}

/// Corrects a card of a sum of data by `change`; `header_change` grows by what that changes in the header.
static bool correct_data_sum(uint8_t *card, bool is_of_zeros, uint32_t change, uint32_t *header_change) {
    char digits[FPX_FITS_CARD + 1];
    memcpy(digits, card, FPX_FITS_CARD);
    digits[FPX_FITS_CARD] = 0;
    char *end;
    unsigned long long sum = strtoull(digits + VALUE, &end, 10);
    bool has_digits = end != digits + VALUE;
    while (*end == ' ') {
        end++;
    }
    if (card[VALUE - 1] != '\'' || !has_digits || *end != '\'' || sum > UINT32_MAX) {
        return false;
    }
    uint32_t corrected = fpx_fits_add_change((uint32_t)sum, change);
    // Of the two sums that count as nothing, zeros alone have zero.
    if (corrected == UINT32_MAX && is_of_zeros) {
        corrected = 0;
    }
    snprintf(digits, sizeof digits, "%lu", (unsigned long)corrected);
    uint32_t before = sum_of(card);
    if (!set_text(card, digits)) {
        return false;
    }
    *header_change = fpx_fits_add_change(*header_change, difference(before, card));
    return true;
}

/// Corrects a card of a sum of header and data by `change`; `header_change` grows by what that changes in the header.
static bool correct_checksum(uint8_t *card, uint32_t change, uint32_t *header_change) {
    uint32_t code = 0;
    if (card[VALUE - 1] != '\'' || card[VALUE + CODE_LENGTH] != '\'' || !decode(card + VALUE, &code)) {
        return false;
    }
    uint32_t before = sum_of(card);
    encode(fpx_fits_add_change(code, negated(change)), card + VALUE);
    *header_change = fpx_fits_add_change(*header_change, difference(before, card));
    return true;
}

/// The card of a sum that is known, null when there is none; false when there are two, of which one may be wrong.
static bool find(uint8_t *file, const fpx_fits_checked *place, const char *keyword, uint8_t **found) {
    *found = NULL;
    bool is_alone = true;
    for (uint64_t card = place->header; card + FPX_FITS_CARD <= place->data; card += FPX_FITS_CARD) {
        if (is_sum(file + card, keyword)) {
            is_alone = is_alone && *found == NULL;
            *found = file + card;
        }
    }
    return is_alone;
}

bool fpx_fits_correct_checksums(uint8_t *file, size_t byte_count, const fpx_fits_checked *place,
                                fpx_fits_change change) {
    if (place->data > byte_count || place->data_bytes > byte_count - place->data || place->header > place->data) {
        return false;
    }
    uint8_t *data_sum;
    uint8_t *checksum;
    // Of the picture before it was compressed, whose header had the other two cards.
    uint32_t unpacked_header = 0;
    if (!find(file, place, "ZDATASUM= ", &data_sum) || !find(file, place, "ZHECKSUM= ", &checksum) ||
        (data_sum != NULL && !correct_data_sum(data_sum, true, change.unpacked, &unpacked_header))) {
        return false;
    }
    change.header = fpx_fits_add_change(change.header, unpacked_header);
    if (checksum != NULL &&
        !correct_checksum(checksum, fpx_fits_add_change(change.unpacked, unpacked_header), &change.header)) {
        return false;
    }
    if (!find(file, place, "DATASUM = ", &data_sum) || !find(file, place, "CHECKSUM= ", &checksum)) {
        return false;
    }
    bool is_of_zeros = data_sum != NULL && is_all_zeros(file + place->data, place->data_bytes);
    if (data_sum != NULL && !correct_data_sum(data_sum, is_of_zeros, change.data, &change.header)) {
        return false;
    }
    uint32_t all = fpx_fits_add_change(change.data, change.header);
    return checksum == NULL || correct_checksum(checksum, all, &change.header);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base64.h"
#include <string.h>

/* Two digits for each 12 bits: a row for the first, a column for the second. */
/* clang-format off */
#define ROW(a) \
    a"A" a"B" a"C" a"D" a"E" a"F" a"G" a"H" a"I" a"J" a"K" a"L" a"M" a"N" a"O" a"P" \
    a"Q" a"R" a"S" a"T" a"U" a"V" a"W" a"X" a"Y" a"Z" a"a" a"b" a"c" a"d" a"e" a"f" \
    a"g" a"h" a"i" a"j" a"k" a"l" a"m" a"n" a"o" a"p" a"q" a"r" a"s" a"t" a"u" a"v" \
    a"w" a"x" a"y" a"z" a"0" a"1" a"2" a"3" a"4" a"5" a"6" a"7" a"8" a"9" a"+" a"/"

static const char pairs[] =
    ROW("A") ROW("B") ROW("C") ROW("D") ROW("E") ROW("F") ROW("G") ROW("H")
    ROW("I") ROW("J") ROW("K") ROW("L") ROW("M") ROW("N") ROW("O") ROW("P")
    ROW("Q") ROW("R") ROW("S") ROW("T") ROW("U") ROW("V") ROW("W") ROW("X")
    ROW("Y") ROW("Z") ROW("a") ROW("b") ROW("c") ROW("d") ROW("e") ROW("f")
    ROW("g") ROW("h") ROW("i") ROW("j") ROW("k") ROW("l") ROW("m") ROW("n")
    ROW("o") ROW("p") ROW("q") ROW("r") ROW("s") ROW("t") ROW("u") ROW("v")
    ROW("w") ROW("x") ROW("y") ROW("z") ROW("0") ROW("1") ROW("2") ROW("3")
    ROW("4") ROW("5") ROW("6") ROW("7") ROW("8") ROW("9") ROW("+") ROW("/");

/* What a digit adds to a group of 24 bits, by its place; above them a bit says "is a digit". */
#define DIGITS(d) \
    d('A', 0) d('B', 1) d('C', 2) d('D', 3) d('E', 4) d('F', 5) d('G', 6) d('H', 7) \
    d('I', 8) d('J', 9) d('K', 10) d('L', 11) d('M', 12) d('N', 13) d('O', 14) d('P', 15) \
    d('Q', 16) d('R', 17) d('S', 18) d('T', 19) d('U', 20) d('V', 21) d('W', 22) d('X', 23) \
    d('Y', 24) d('Z', 25) d('a', 26) d('b', 27) d('c', 28) d('d', 29) d('e', 30) d('f', 31) \
    d('g', 32) d('h', 33) d('i', 34) d('j', 35) d('k', 36) d('l', 37) d('m', 38) d('n', 39) \
    d('o', 40) d('p', 41) d('q', 42) d('r', 43) d('s', 44) d('t', 45) d('u', 46) d('v', 47) \
    d('w', 48) d('x', 49) d('y', 50) d('z', 51) d('0', 52) d('1', 53) d('2', 54) d('3', 55) \
    d('4', 56) d('5', 57) d('6', 58) d('7', 59) d('8', 60) d('9', 61) d('+', 62) d('/', 63)
#define FIRST(digit, value)  [digit] = 1u << 24 | value << 18,
#define SECOND(digit, value) [digit] = 1u << 25 | value << 12,
#define THIRD(digit, value)  [digit] = 1u << 26 | value << 6,
#define FOURTH(digit, value) [digit] = 1u << 27 | value,

static const guint32 places[4][256] = {
    { DIGITS(FIRST) }, { DIGITS(SECOND) }, { DIGITS(THIRD) }, { DIGITS(FOURTH) },
};
/* clang-format on */

#define ALL_DIGITS 0xFu /* of a group shifted down to its upper bits */

static void put_pair(char *out, guint32 twelve_bits)
{
    memcpy(out, pairs + 2 * (twelve_bits & 0xFFF), 2);
}

static void encode_group(guint32 group, char *out)
{
    put_pair(out, group >> 12);
    put_pair(out + 2, group);
}

/* Six bytes at once, read as the upper part of eight. */
static void encode_two_groups(const guint8 *in, char *out)
{
    guint64 word;

    memcpy(&word, in, sizeof word);
    word = GUINT64_FROM_BE(word);
    encode_group((guint32)(word >> 40), out);
    encode_group((guint32)(word >> 16), out + 4);
}

void va_base64_encode(const guint8 *in, gsize size, char *out)
{
    for (; size >= sizeof(guint64); size -= 6, in += 6, out += 8)
        encode_two_groups(in, out);
    for (; size >= 3; size -= 3, in += 3, out += 4)
        encode_group((guint32)in[0] << 16 | (guint32)in[1] << 8 | in[2], out);
    if (size == 0)
        return;
    encode_group((guint32)in[0] << 16 | (size == 2 ? (guint32)in[1] << 8 : 0), out);
    out[3] = '=';
    if (size == 1)
        out[2] = '=';
}

static guint32 decode_group(guint8 a, guint8 b, guint8 c, guint8 d)
{
    return places[0][a] | places[1][b] | places[2][c] | places[3][d];
}

/* Eight digits at once.  Writes eight bytes, of which six count; they never reach beyond what has
 * been read when decoding in place.  Each digit is loaded by itself: taking them out of one word
 * costs a third of the speed. */
static gboolean decode_two_groups(const guint8 *in, guint8 *out)
{
    guint32 first = decode_group(in[0], in[1], in[2], in[3]);
    guint32 second = decode_group(in[4], in[5], in[6], in[7]);

    if ((first & second) >> 24 != ALL_DIGITS)
        return FALSE;
    guint64 word = GUINT64_TO_BE((guint64)first << 40 | (guint64)(second & 0xFFFFFF) << 16);
    memcpy(out, &word, sizeof word);
    return TRUE;
}

/* Pairs of groups as long as they are digits and three groups are left, so that there is room for
 * the two bytes too many.  Returns the pairs. */
static gsize decode_plain(const guint8 *in, gsize length, guint8 *out)
{
    gsize n = 0;

    while (length - n * 8 >= 12 && decode_two_groups(in + n * 8, out + n * 6))
        n++;
    return n;
}

/* The next four characters that are no line breaks; fewer at the end. */
static guint next_group(const guint8 **in, const guint8 *end, guint8 group[4])
{
    guint n = 0;

    for (; *in < end && n < 4; ++*in)
        if (**in != '\n' && **in != '\r')
            group[n++] = **in;
    return n;
}

/* Four characters, the last of all if there is padding in them: how many bytes, -1 if invalid. */
static gint decode_padded(guint8 group[4], guint8 *out)
{
    gint size = group[3] != '=' ? 3 : group[2] != '=' ? 2 : 1;

    for (gint i = size + 1; i < 4; i++)
        group[i] = 'A';
    guint32 bits = decode_group(group[0], group[1], group[2], group[3]);
    guint32 unused = size == 3 ? 0 : size == 2 ? 0xFF : 0xFFFF;
    if (bits >> 24 != ALL_DIGITS || (bits & unused))
        return -1;
    for (gint i = 0; i < size; i++)
        out[i] = (guint8)(bits >> (16 - 8 * i));
    return size;
}

gboolean va_base64_decode(const char *text, gsize length, guint8 *out, gsize *size)
{
    const guint8 *in = (const guint8 *)text, *end = in + length;
    guint8 *to = out, group[4];
    gint put = 3;

    while (in < end) {
        gsize n = put == 3 ? decode_plain(in, (gsize)(end - in), to) : 0;
        in += n * 8;
        to += n * 6;
        guint found = next_group(&in, end, group);
        if (found == 0)
            break;
        if (found < 4 || put < 3)
            return FALSE;
        put = decode_padded(group, to);
        if (put < 0)
            return FALSE;
        to += put;
    }
    *size = (gsize)(to - out);
    return TRUE;
}

/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "codec.h"
#include <stddef.h>

/*
 * Descriptors with a member of every kind, written by hand: what the schema's own types need of the
 * codec may change, what the codec promises does not.
 */

typedef enum { COLOUR_RED, COLOUR_GREEN, COLOUR_BLUE } Colour;

typedef struct {
    gint64 x;
    gint64 y;
    gboolean has_z;
    gint64 z;
} Point;

typedef struct {
    guint16 width;
    guint16 height;
} Box;

typedef struct {
    double radius;
    Point *middle;
} Circle;

typedef enum { SHAPE_BOX, SHAPE_NOTHING, SHAPE_CIRCLE } ShapeKind;

typedef struct {
    char *title;
    ShapeKind kind;
    Box *box;
    Circle *circle;
} Shape;

enum { SIZE_NUMBER, SIZE_EXACT, SIZE_NAME, SIZE_POINT };

typedef struct {
    int choice;
    union {
        gint64 number;
        gboolean exact;
        Colour name;
        Point *point;
    };
} Size;

typedef struct {
    gboolean has_integer, has_big, has_small, has_real, has_flag, has_colour;
    gint64 integer;
    guint64 big;
    guint16 small_;
    double real;
    gboolean flag;
    char *text;
    GBytes *bytes;
    Colour colour;
    Point *point;
    Shape *shape;
    Size *size;
    GPtrArray *texts;
    GPtrArray *points;
    GPtrArray *shapes;
} Every;

static const char *const colour_values[] = {"red", "green", "blue"};
static const VaType colour_type = {
    .name = "Colour",
    .kind = VA_KIND_ENUM,
    .values = colour_values,
    .n_values = G_N_ELEMENTS(colour_values),
};

static const VaMember point_members[] = {
    {.name = "x", .kind = VA_KIND_INT, .offset = offsetof(Point, x)},
    {.name = "y", .kind = VA_KIND_INT, .offset = offsetof(Point, y)},
    {.name = "z",
     .kind = VA_KIND_INT,
     .optional = TRUE,
     .offset = offsetof(Point, z),
     .has_offset = offsetof(Point, has_z)},
};
static const VaType point_type = {
    .name = "Point",
    .kind = VA_KIND_STRUCT,
    .size = sizeof(Point),
    .members = point_members,
    .n_members = G_N_ELEMENTS(point_members),
};

static const VaMember box_members[] = {
    {.name = "width", .kind = VA_KIND_UINT16, .offset = offsetof(Box, width)},
    {.name = "height", .kind = VA_KIND_UINT16, .offset = offsetof(Box, height)},
};
static const VaType box_type = {
    .name = "Box",
    .kind = VA_KIND_STRUCT,
    .size = sizeof(Box),
    .members = box_members,
    .n_members = G_N_ELEMENTS(box_members),
};

static const VaMember circle_members[] = {
    {.name = "radius", .kind = VA_KIND_NUMBER, .offset = offsetof(Circle, radius)},
    {.name = "middle",
     .kind = VA_KIND_STRUCT,
     .optional = TRUE,
     .offset = offsetof(Circle, middle),
     .type = &point_type},
};
static const VaType circle_type = {
    .name = "Circle",
    .kind = VA_KIND_STRUCT,
    .size = sizeof(Circle),
    .members = circle_members,
    .n_members = G_N_ELEMENTS(circle_members),
};

static const char *const shape_kind_values[] = {"box", "nothing", "circle"};
static const VaType shape_kind_type = {
    .name = "ShapeKind",
    .kind = VA_KIND_ENUM,
    .values = shape_kind_values,
    .n_values = G_N_ELEMENTS(shape_kind_values),
};
static const VaMember shape_members[] = {
    {.name = "title", .kind = VA_KIND_STR, .optional = TRUE, .offset = offsetof(Shape, title)},
    {.name = "kind",
     .kind = VA_KIND_ENUM,
     .offset = offsetof(Shape, kind),
     .type = &shape_kind_type},
};
static const VaMember shape_variants[] = {
    {.name = "box", .kind = VA_KIND_STRUCT, .offset = offsetof(Shape, box), .type = &box_type},
    {.name = NULL},
    {.name = "circle",
     .kind = VA_KIND_STRUCT,
     .offset = offsetof(Shape, circle),
     .type = &circle_type},
};
static const VaType shape_type = {
    .name = "Shape",
    .kind = VA_KIND_UNION,
    .size = sizeof(Shape),
    .members = shape_members,
    .n_members = G_N_ELEMENTS(shape_members),
    .values = shape_kind_values,
    .n_values = G_N_ELEMENTS(shape_kind_values),
    .discriminator = 1,
    .variants = shape_variants,
};

static const VaMember size_members[] = {
    {.name = "number", .kind = VA_KIND_INT, .offset = offsetof(Size, number)},
    {.name = "exact", .kind = VA_KIND_BOOL, .offset = offsetof(Size, exact)},
    {.name = "name", .kind = VA_KIND_ENUM, .offset = offsetof(Size, name), .type = &colour_type},
    {.name = "point", .kind = VA_KIND_STRUCT, .offset = offsetof(Size, point), .type = &point_type},
};
static const VaType size_type = {
    .name = "Size",
    .kind = VA_KIND_ALTERNATE,
    .size = sizeof(Size),
    .members = size_members,
    .n_members = G_N_ELEMENTS(size_members),
};

/* clang-format off */
#define SCALAR(wire, field, kind_, flag, target, may)                                              \
    {.name = wire, .kind = VA_KIND_##kind_, .optional = may, .offset = offsetof(Every, field),     \
     .has_offset = offsetof(Every, flag), .type = target}
#define POINTER(wire, field, kind_, many, target, may)                                             \
    {.name = wire, .kind = VA_KIND_##kind_, .list = many, .optional = may,                         \
     .offset = offsetof(Every, field), .type = target}
#define EVERY_MEMBER(may)                                                                          \
    SCALAR("integer", integer, INT, has_integer, NULL, may),                                       \
    SCALAR("big", big, UINT64, has_big, NULL, may),                                                \
    SCALAR("small", small_, UINT16, has_small, NULL, may),                                         \
    SCALAR("real", real, NUMBER, has_real, NULL, may),                                             \
    SCALAR("flag", flag, BOOL, has_flag, NULL, may),                                               \
    POINTER("text", text, STR, FALSE, NULL, may),                                                  \
    POINTER("bytes", bytes, BYTES, FALSE, NULL, may),                                              \
    SCALAR("colour", colour, ENUM, has_colour, &colour_type, may),                                 \
    POINTER("point", point, STRUCT, FALSE, &point_type, may),                                      \
    POINTER("shape", shape, UNION, FALSE, &shape_type, may),                                       \
    POINTER("size", size, ALTERNATE, FALSE, &size_type, may),                                      \
    POINTER("texts", texts, STR, TRUE, NULL, may),                                                 \
    POINTER("points", points, STRUCT, TRUE, &point_type, may),                                     \
    POINTER("shapes", shapes, UNION, TRUE, &shape_type, may)
/* clang-format on */

static const VaMember every_members[] = {EVERY_MEMBER(FALSE)};
static const VaMember maybe_members[] = {EVERY_MEMBER(TRUE)};

/* All members must be there... */
static const VaType every_type = {
    .name = "Every",
    .kind = VA_KIND_STRUCT,
    .size = sizeof(Every),
    .members = every_members,
    .n_members = G_N_ELEMENTS(every_members),
};
/* ...and all may be absent. */
static const VaType maybe_type = {
    .name = "Maybe",
    .kind = VA_KIND_STRUCT,
    .size = sizeof(Every),
    .members = maybe_members,
    .n_members = G_N_ELEMENTS(maybe_members),
};

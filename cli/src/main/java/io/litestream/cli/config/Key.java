package io.litestream.cli.config;

import java.util.List;
import java.util.Set;

/// A key of the configuration.
///
/// @param name the key in the file
/// @param kind the type of its value
/// @param availability whether it does something in this version
/// @param standard the value that holds if the key is not given, as text; empty if there is none
/// @param least the smallest number or the fewest nanoseconds
/// @param most the largest number
/// @param reason what to say of a value outside of these bounds, or of an obsolete key
/// @param same values that a key whose function is missing may have, since this version does the
///   same: the thing is off
/// @param schema the keys of a section; [Schema#NONE] for all other kinds
/// @param types the kinds of storage that a key is for, none of them in this version; empty if it
///   is not for such
record Key(
        String name,
        Kind kind,
        Availability availability,
        String standard,
        long least,
        long most,
        String reason,
        Set<String> same,
        Schema schema,
        List<String> types) {

    static Key works(String name, Kind kind, String standard) {
        return new Key(
                name,
                kind,
                Availability.WORKS,
                standard,
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                "",
                Set.of(),
                Schema.NONE,
                List.of());
    }

    static Key notYet(String name, Kind kind, String standard) {
        return works(name, kind, standard).notYet();
    }

    /// Returns a key whose value may be anything.
    static Key obsolete(String name, String reason) {
        return works(name, Kind.TEXT, "").with(Availability.OBSOLETE, reason);
    }

    static Key section(String name, Kind kind, Schema schema) {
        return works(name, kind, "").with(Set.of(), schema, List.of());
    }

    Key notYet() {
        return with(Availability.NOT_YET, reason);
    }

    /// Returns the key as one for these kinds of storage, which are not there yet.
    Key ofStorage(String... newTypes) {
        return with(same, schema, List.of(newTypes));
    }

    /// Returns the key that may have these values even while its function is missing.
    Key same(String... values) {
        return with(Set.of(values), schema, types);
    }

    Key from(long newLeast, String newReason) {
        return between(newLeast, most, newReason);
    }

    Key between(long newLeast, long newMost, String newReason) {
        return with(availability, newLeast, newMost, newReason);
    }

    private Key with(Availability newAvailability, String newReason) {
        return with(newAvailability, least, most, newReason);
    }

    private Key with(Availability newAvailability, long newLeast, long newMost, String newReason) {
        return new Key(
                name,
                kind,
                newAvailability,
                standard,
                newLeast,
                newMost,
                newReason,
                same,
                schema,
                types);
    }

    private Key with(Set<String> newSame, Schema newSchema, List<String> newTypes) {
        return new Key(
                name,
                kind,
                availability,
                standard,
                least,
                most,
                reason,
                newSame,
                newSchema,
                newTypes);
    }
}

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
        return works(name, kind, standard).with(Availability.NOT_YET, "");
    }

    static Key obsolete(String name, Kind kind, String reason) {
        return works(name, kind, "").with(Availability.OBSOLETE, reason);
    }

    static Key section(String name, Kind kind, Schema schema) {
        Key key = works(name, kind, "");
        return new Key(
                name,
                kind,
                key.availability,
                "",
                key.least,
                key.most,
                key.reason,
                key.same,
                schema,
                key.types);
    }

    Key notYet() {
        return with(Availability.NOT_YET, reason);
    }

    /// Returns the key as one for these kinds of storage, which are not there yet.
    Key ofStorage(String... newTypes) {
        return new Key(
                name,
                kind,
                availability,
                standard,
                least,
                most,
                reason,
                same,
                schema,
                List.of(newTypes));
    }

    Key from(long newLeast, String newReason) {
        return between(newLeast, most, newReason);
    }

    Key between(long newLeast, long newMost, String newReason) {
        return new Key(
                name,
                kind,
                availability,
                standard,
                newLeast,
                newMost,
                newReason,
                same,
                schema,
                types);
    }

    /// Returns the key that may have these values even while its function is missing.
    Key same(String... values) {
        return new Key(
                name,
                kind,
                availability,
                standard,
                least,
                most,
                reason,
                Set.of(values),
                schema,
                types);
    }

    private Key with(Availability newAvailability, String newReason) {
        return new Key(
                name, kind, newAvailability, standard, least, most, newReason, same, schema, types);
    }
}

package io.litestream.cli.config;

import io.litestream.cli.text.GoDuration;
import io.litestream.cli.text.NearestName;

import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Checks the nodes of a configuration against the [Keys]: every key is known and works in this
/// version, and every value has the type and the bounds of its key.
final class SectionReader {

    private static final Duration LEAST_DURATION = Duration.ofMillis(1);

    private final String file;
    private final Yaml yaml;
    private final List<String> warnings = new ArrayList<>();

    SectionReader(String file) {
        this.file = file;
        this.yaml = new Yaml(file);
    }

    /// Returns the top level of a configuration.
    Section read(String text) throws ConfigurationException {
        Optional<MappingNode> root = yaml.parse(text);
        return root.isPresent()
                ? section(Keys.GLOBAL, "", root.get())
                : new Section(Keys.GLOBAL, new Location(file, 1, 1), "", Map.of());
    }

    /// Returns what was read that does nothing, and where.
    List<String> warnings() {
        return List.copyOf(warnings);
    }

    private Section section(Schema schema, String path, MappingNode node)
            throws ConfigurationException {
        Map<String, Value> values = new LinkedHashMap<>();
        Map<String, Yaml.Entry> entries = yaml.entries(node);
        if (schema == Keys.REPLICA) {
            refuseStorageThatIsMissing(path, entries);
        }
        boolean off = isSwitchedOff(schema, entries);
        for (Map.Entry<String, Yaml.Entry> entry : entries.entrySet()) {
            Location at = entry.getValue().at();
            String name = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
            Key key = known(schema, entry.getKey(), name, at);
            Node value = entry.getValue().value();
            if (key.availability() == Availability.OBSOLETE) {
                warnings.add("%s: %s: has no effect; %s".formatted(at, name, key.reason()));
            } else if (!value.getTag().equals(Tag.NULL)) {
                Object content = content(key, name, value);
                if (!off) {
                    refuseIfWithoutFunction(key, name, at, content);
                }
                values.put(key.name(), new Value(key, yaml.at(value), content));
            }
        }
        return new Section(schema, yaml.at(node), path, values);
    }

    /// A kind of storage that is not there is what to tell of, and not the first of its keys.
    private void refuseStorageThatIsMissing(String path, Map<String, Yaml.Entry> entries)
            throws ConfigurationException {
        for (String key : List.of("type", "url")) {
            Yaml.Entry entry = entries.get(key);
            if (entry != null && entry.value() instanceof ScalarNode scalar) {
                Optional<String> missing =
                        key.equals("type")
                                ? ReplicaUrl.missingType(scalar.getValue())
                                : ReplicaUrl.missingScheme(scalar.getValue());
                if (missing.isPresent()) {
                    throw yaml.at(scalar).error("%s.%s: %s".formatted(path, key, missing.get()));
                }
            }
        }
    }

    /// A section with `enabled: false` sets up nothing, whatever else it says.
    private static boolean isSwitchedOff(Schema schema, Map<String, Yaml.Entry> entries) {
        Yaml.Entry enabled = entries.get("enabled");
        return schema.find("enabled").isPresent()
                && enabled != null
                && enabled.value() instanceof ScalarNode scalar
                && scalar.getTag().equals(Tag.BOOL)
                && Scalars.read(Kind.SWITCH, scalar).equals(false);
    }

    private static Key known(Schema schema, String key, String name, Location at)
            throws ConfigurationException {
        Optional<Key> known = schema.find(key);
        if (known.isEmpty()) {
            throw at.error(
                    "unknown key \"%s\"; did you mean \"%s\"?"
                            .formatted(name, NearestName.to(key, schema.names())));
        }
        return known.get();
    }

    private static void refuseIfWithoutFunction(Key key, String name, Location at, Object content)
            throws ConfigurationException {
        if (key.availability() == Availability.NOT_YET && !isSame(key, content)) {
            throw at.error(
                    "%s: is %snot part of this version yet; remove the key to go on without it"
                            .formatted(name, owners(key)));
        }
    }

    /// Returns whose setting a key is, where it is that of a kind of storage.
    private static String owners(Key key) {
        return key.types().isEmpty()
                ? ""
                : "for %s storage, which is ".formatted(String.join(" and ", key.types()));
    }

    private static boolean isSame(Key key, Object content) {
        return (content instanceof List<?> list && list.isEmpty())
                || key.same().stream()
                        .anyMatch(same -> Scalars.readStandard(key.kind(), same).equals(content));
    }

    private Object content(Key key, String name, Node node) throws ConfigurationException {
        return switch (key.kind()) {
            case SECTION -> section(key.schema(), name, mapping(key.kind(), name, node));
            case SECTION_OR_DURATION ->
                    node instanceof MappingNode map
                            ? section(key.schema(), name, map)
                            : scalar(key, name, node);
            case SECTIONS -> sections(key, name, node);
            case TEXTS -> texts(key.kind(), name, node);
            case WORDS ->
                    node instanceof SequenceNode
                            ? texts(key.kind(), name, node)
                            : scalar(key, name, node);
            case TEXT, SWITCH, DURATION, INTEGER, SIZE, RATE, MODE -> scalar(key, name, node);
        };
    }

    private MappingNode mapping(Kind kind, String name, Node node) throws ConfigurationException {
        if (node instanceof MappingNode mapping) {
            return mapping;
        }
        throw wrongType(kind, name, node);
    }

    private List<Section> sections(Key key, String name, Node node) throws ConfigurationException {
        if (!(node instanceof SequenceNode list)) {
            throw wrongType(key.kind(), name, node);
        }
        List<Section> sections = new ArrayList<>();
        for (Node item : list.getValue()) {
            String itemName = name + "[" + sections.size() + "]";
            sections.add(section(key.schema(), itemName, mapping(Kind.SECTION, itemName, item)));
        }
        return List.copyOf(sections);
    }

    private List<String> texts(Kind kind, String name, Node node) throws ConfigurationException {
        if (!(node instanceof SequenceNode list)) {
            throw wrongType(kind, name, node);
        }
        List<String> texts = new ArrayList<>();
        for (Node item : list.getValue()) {
            if (!(item instanceof ScalarNode scalar)) {
                throw wrongType(Kind.TEXT, name + "[" + texts.size() + "]", item);
            }
            texts.add(scalar.getValue());
        }
        return List.copyOf(texts);
    }

    private Object scalar(Key key, String name, Node node) throws ConfigurationException {
        if (!(node instanceof ScalarNode scalar)) {
            throw wrongType(key.kind(), name, node);
        }
        Object content;
        try {
            content = Scalars.read(key.kind(), scalar);
        } catch (IllegalArgumentException e) {
            throw wrongType(key.kind(), name, node);
        }
        if (isHardlyAnything(content)) {
            throw yaml.at(node)
                    .error(
                            "%s: a duration is 0, or 1ms or more (got %s); a number without a unit is nanoseconds, so write 30s for seconds"
                                    .formatted(name, shown(content)));
        }
        if (isOutOfBounds(key, content)) {
            throw yaml.at(node)
                    .error("%s: %s (got %s)".formatted(name, key.reason(), shown(content)));
        }
        return content;
    }

    /// Says whether this is a duration as nobody means it: `interval: 30` are 30 nanoseconds.
    private static boolean isHardlyAnything(Object content) {
        return content instanceof Duration duration
                && duration.isPositive()
                && duration.compareTo(LEAST_DURATION) < 0;
    }

    private static boolean isOutOfBounds(Key key, Object content) {
        long number =
                switch (content) {
                    case Duration duration -> duration.toNanos();
                    case Long value -> value;
                    default -> key.least();
                };
        return number < key.least() || number > key.most();
    }

    private static Object shown(Object content) {
        return content instanceof Duration duration ? GoDuration.format(duration) : content;
    }

    private ConfigurationException wrongType(Kind kind, String name, Node node) {
        String found =
                switch (node) {
                    case ScalarNode scalar -> scalar.getValue();
                    case SequenceNode _ -> "a list";
                    default -> "a map";
                };
        return yaml.at(node)
                .error("%s: expected %s (got %s)".formatted(name, kind.expected(), found));
    }
}

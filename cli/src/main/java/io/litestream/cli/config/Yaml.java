package io.litestream.cli.config;

import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The nodes of a YAML 1.1 file. Nothing is constructed from them, so that every value keeps its
/// place in the file.
final class Yaml {

    /// How deep `<<` may lead; deeper means that a map merges itself.
    private static final int MERGE_LIMIT = 16;

    private static final LoaderOptions OPTIONS = options();

    private final String file;

    Yaml(String file) {
        this.file = file;
    }

    /// Many databases share what an anchor names. Nothing is copied for an alias.
    private static LoaderOptions options() {
        LoaderOptions options = new LoaderOptions();
        options.setMaxAliasesForCollections(Integer.MAX_VALUE);
        return options;
    }

    /// Returns the map that the text holds, or nothing if it holds nothing.
    Optional<MappingNode> parse(String text) throws ConfigurationException {
        Node root;
        try {
            root = new org.yaml.snakeyaml.Yaml(OPTIONS).compose(new StringReader(text));
        } catch (MarkedYAMLException e) {
            Mark mark = e.getProblemMark();
            String problem = "not YAML: " + withoutContent(e.getProblem());
            throw mark == null
                    ? new ConfigurationException(file + ": " + problem)
                    : Location.of(file, mark).error(problem);
        } catch (YAMLException e) {
            throw new ConfigurationException(file + ": not YAML: " + e.getMessage());
        }
        if (root == null || root.getTag().equals(Tag.NULL)) {
            return Optional.empty();
        }
        if (root instanceof MappingNode mapping) {
            return Optional.of(mapping);
        }
        throw at(root).error("expected a map of keys, such as dbs");
    }

    /// Cuts off what some problems tell of the text: it may be a secret that only looks like YAML.
    private static String withoutContent(String problem) {
        return problem.replaceFirst(" (alias|handle|anchor) .*", " $1");
    }

    Location at(Node node) {
        return Location.of(file, node.getStartMark());
    }

    /// Returns the entries of a map with those that `<<` merges into it; its own come first and
    /// win.
    Map<String, Entry> entries(MappingNode mapping) throws ConfigurationException {
        return entries(mapping, 0);
    }

    private Map<String, Entry> entries(MappingNode mapping, int depth)
            throws ConfigurationException {
        if (depth > MERGE_LIMIT) {
            throw at(mapping).error("a map merges itself with <<");
        }
        Map<String, Entry> entries = new LinkedHashMap<>();
        List<Node> merged = new ArrayList<>();
        for (NodeTuple tuple : mapping.getValue()) {
            if (tuple.getKeyNode().getTag().equals(Tag.MERGE)) {
                merged.add(tuple.getValueNode());
                continue;
            }
            String key = key(tuple.getKeyNode());
            Entry entry = new Entry(at(tuple.getKeyNode()), tuple.getValueNode());
            Entry first = entries.putIfAbsent(key, entry);
            if (first != null) {
                throw entry.at()
                        .error(
                                "key \"%s\" is given twice, first in line %d; remove one"
                                        .formatted(key, first.at().line()));
            }
        }
        for (Node node : merged) {
            merge(node, entries, depth);
        }
        return entries;
    }

    private void merge(Node node, Map<String, Entry> into, int depth)
            throws ConfigurationException {
        switch (node) {
            case MappingNode mapping ->
                    entries(mapping, depth + 1)
                            .forEach((key, value) -> into.putIfAbsent(key, value));
            case SequenceNode list -> {
                for (Node item : list.getValue()) {
                    if (!(item instanceof MappingNode)) {
                        throw at(item).error("<< expects a map or a list of maps");
                    }
                    merge(item, into, depth);
                }
            }
            default -> throw at(node).error("<< expects a map or a list of maps");
        }
    }

    private String key(Node node) throws ConfigurationException {
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        throw at(node).error("expected a key, found a map or a list");
    }

    /// A key's place, and its value.
    record Entry(Location at, Node value) {}
}

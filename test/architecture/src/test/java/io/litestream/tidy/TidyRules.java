package io.litestream.tidy;

import static io.litestream.tidy.JavaSource.Visibility.PUBLIC;

import io.litestream.tidy.JavaSource.Method;
import io.litestream.tidy.JavaSource.Type;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What every source of this project keeps to. Each rule takes a source and returns what breaks it,
/// a line for each place.
final class TidyRules {

    static final int METHOD_LINES = 60;
    static final int METHOD_LINES_AIM = 40;
    static final int FILE_LINES = 600;
    static final int FILE_LINES_AIM = 400;

    /// Files that may pass the aim (never the limit), each with its reason.
    static final Map<String, String> LONG_FILES = Map.of();

    /// Types that may end like that, each agreed on.
    private static final Set<String> AGREED_NAMES = Set.of("ObjectInfo");

    private static final Pattern BANNED_NAME =
            Pattern.compile("Real[A-Z].*|.*(Impl|Utils?|Helpers?|Manager|Data|Info|Misc|Common)");
    private static final Pattern LEFTOVER =
            Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");
    private static final Pattern DISABLED = Pattern.compile("@Dis" + "abled\\w*");
    private static final Pattern TEST_NAME =
            Pattern.compile("(?!(test|should)[A-Z0-9])[a-z]+[A-Z0-9]\\w*");
    private static final Pattern ACCESSOR = Pattern.compile("get[A-Z].*");

    private TidyRules() {}

    static List<String> longMethods(JavaSource source, int limit) {
        return onMethods(
                source,
                method ->
                        method.lines() > limit
                                ? "has %d lines, %d are allowed".formatted(method.lines(), limit)
                                : "");
    }

    static List<String> longFiles(JavaSource source) {
        int limit = LONG_FILES.containsKey(source.path()) ? FILE_LINES : FILE_LINES_AIM;
        if (source.isTest()) {
            limit = FILE_LINES;
        }
        return source.lines() > limit
                ? List.of(
                        "%s has %d lines, %d are allowed"
                                .formatted(source.path(), source.lines(), limit))
                : List.of();
    }

    static List<String> severalTypesInOneFile(JavaSource source) {
        long count = source.types().stream().filter(type -> type.depth() == 0).count();
        return count > 1
                ? List.of("%s declares %d types side by side".formatted(source.path(), count))
                : List.of();
    }

    static List<String> bannedNames(JavaSource source) {
        return source.types().stream()
                .map(Type::name)
                .filter(name -> BANNED_NAME.matcher(name).matches() && !AGREED_NAMES.contains(name))
                .map(name -> "%s: the name %s says nothing".formatted(source.path(), name))
                .toList();
    }

    static List<String> leftovers(JavaSource source) {
        return onLines(source, LEFTOVER, "is unfinished");
    }

    static List<String> disabledTests(JavaSource source) {
        return onLines(source, DISABLED, "does not run; say with an assumption what it needs");
    }

    static List<String> testNames(JavaSource source) {
        return onMethods(
                source,
                method ->
                        isTest(method) && !TEST_NAME.matcher(method.name()).matches()
                                ? "is a test whose name is not a sentence in the present tense"
                                : "");
    }

    static List<String> undocumented(JavaSource source) {
        if (source.path().contains("src/test/")) {
            return List.of();
        }
        Stream<String> types =
                source.types().stream()
                        .filter(type -> type.visibility() == PUBLIC && !type.documented())
                        .map(type ->
                                "%s: %s is not documented".formatted(source.path(), type.name()));
        Stream<String> methods =
                onMethods(source, method -> needsWords(method) ? "is not documented" : "").stream();
        return Stream.concat(types, methods).toList();
    }

    static List<String> accessorsWithGet(JavaSource source) {
        return onMethods(
                source,
                method ->
                        ACCESSOR.matcher(method.name()).matches()
                                        && !method.has("Override")
                                        && method.parameterTypes().isEmpty()
                                ? "needs no get"
                                : "");
    }

    static List<String> booleanParameters(JavaSource source) {
        return onMethods(
                source,
                method ->
                        method.visibility() == PUBLIC
                                        && !method.has("Override")
                                        && !method.name().equals("<init>")
                                        && method.parameterTypes().contains("boolean")
                                ? "takes a boolean; a reader of the call cannot tell what it means"
                                : "");
    }

    private static boolean isTest(Method method) {
        return method.has("Test") || method.has("ParameterizedTest") || method.has("RepeatedTest");
    }

    /// Constructors say what their types say; a method that overrides has the words of the other.
    private static boolean needsWords(Method method) {
        return method.visibility() == PUBLIC
                && !method.documented()
                && !method.name().equals("<init>")
                && !method.name().equals("main")
                && !method.has("Override")
                && !isTest(method);
    }

    private static List<String> onMethods(JavaSource source, Function<Method, String> complaint) {
        List<String> found = new ArrayList<>();
        for (Method method : source.methods()) {
            String said = complaint.apply(method);
            if (!said.isEmpty()) {
                found.add(
                        "%s:%d: %s.%s %s"
                                .formatted(
                                        source.path(),
                                        method.line(),
                                        method.owner(),
                                        method.name(),
                                        said));
            }
        }
        return found;
    }

    private static List<String> onLines(JavaSource source, Pattern pattern, String complaint) {
        List<String> found = new ArrayList<>();
        List<String> lines = source.text().lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            Matcher matcher = pattern.matcher(lines.get(i));
            if (matcher.find()) {
                found.add(
                        "%s:%d: %s %s".formatted(source.path(), i + 1, matcher.group(), complaint));
            }
        }
        return found;
    }
}

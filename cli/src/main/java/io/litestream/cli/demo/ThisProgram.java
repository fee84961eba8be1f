package io.litestream.cli.demo;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// How this process was started, so that others can be started alike: the same java, the same
/// options, the same classes.
final class ThisProgram {

    private static final String MAIN = "io.litestream.cli.Main";

    private ThisProgram() {}

    /// Returns the command that runs the program with these words.
    static List<String> command(List<String> words) {
        List<String> command = new ArrayList<>();
        command.add(
                ProcessHandle.current()
                        .info()
                        .command()
                        .orElseGet(() ->
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString()));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(
                classes(
                        System.getProperty("jdk.module.main", ""),
                        System.getProperty("java.class.path", ""),
                        System.getProperty("sun.java.command", "")));
        command.addAll(words);
        return command;
    }

    /// Returns the options that name the classes. A jar that was given to `-jar` stays one: only
    /// then does the JVM take options from its manifest, and accept its AOT cache.
    ///
    /// @param module the module of the main class, empty if there is none
    /// @param started what the JVM was told to start: a jar or a class, and the words
    static List<String> classes(String module, String classPath, String started) {
        if (!module.isEmpty()) {
            return List.of("-m", module + "/" + MAIN);
        }
        return classPath.endsWith(".jar") && (started + " ").startsWith(classPath + " ")
                ? List.of("-jar", classPath)
                : List.of("-cp", classPath, MAIN);
    }
}

package io.litestream.sqlite;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Opens a database in a process without the privileges of the superuser, and prints what comes of
/// it: the kind of exception and its message, or the journal mode.
final class OpeningProbe {

    private OpeningProbe() {}

    public static void main(String[] arguments) {
        try (DatabaseFile file = DatabaseFile.open(Path.of(arguments[0]));
                SqliteConnection connection = file.connect()) {
            connection.beginRead();
            connection.endRead();
            System.out.println(
                    arguments.length > 1 ? connection.switchToWal() : connection.journalMode());
        } catch (IOException e) {
            System.out.println(e.getClass().getSimpleName() + " " + e.getMessage());
        }
    }

    static String run(Path database, String... more) throws IOException {
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("setpriv", "--inh-caps=-all", "--bounding-set=-all"));
        }
        command.addAll(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OpeningProbe.class.getName(),
                        database.toString()));
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        return new String(process.getInputStream().readAllBytes()).strip();
    }
}

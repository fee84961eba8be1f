package io.litestream.cli.logging;

import static org.assertj.core.api.Assertions.assertThat;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.TRACE;
import static java.lang.System.Logger.Level.WARNING;

import io.litestream.cli.config.LoggingConfiguration;
import io.litestream.cli.config.LoggingConfiguration.Format;
import io.litestream.cli.config.LoggingConfiguration.Source;
import io.litestream.cli.config.LoggingConfiguration.Stream;
import io.litestream.time.Clock;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;

class LineLoggerTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final System.Logger logger = System.getLogger("io.litestream.test");

    @AfterEach
    void restoreTheStandard() {
        LogOutput.use(new LogOutput(LoggingConfiguration.STANDARD, System.out, Clock.system()));
    }

    @Test
    void isTheLoggerOfThePlatform() {
        use(INFO, Format.TEXT, Source.HIDDEN);

        logger.log(INFO, "ltx file uploaded", "level", 0, "size", 4321L);

        assertThat(lines())
                .matches("time=\\S+ level=INFO msg=\"ltx file uploaded\" level=0 size=4321\n");
    }

    @Test
    void leavesOutWhatIsBelowTheLevel() {
        use(WARNING, Format.TEXT, Source.HIDDEN);

        logger.log(INFO, "no");
        logger.log(DEBUG, "no", "a", 1);
        logger.log(WARNING, "yes");
        logger.log(ERROR, "yes");

        assertThat(lines()).matches("\\S+ level=WARN msg=yes\n\\S+ level=ERROR msg=yes\n");
        assertThat(logger.isLoggable(TRACE)).isFalse();
    }

    @Test
    void logsTraceWhenAsked() {
        use(TRACE, Format.TEXT, Source.HIDDEN);

        logger.log(TRACE, "salt mismatch");

        assertThat(lines()).contains("level=TRACE msg=\"salt mismatch\"");
    }

    @Test
    void keepsAnAttributeApartFromTheLevelOfTheLine() {
        use(INFO, Format.JSON, Source.HIDDEN);

        logger.log(INFO, "ltx file uploaded", "level", 0, "msg", "m", "size", 1);

        assertThat(lines())
                .contains("\"level\":\"INFO\",\"msg\":\"ltx file uploaded\"")
                .contains("\"attr.level\":0,\"attr.msg\":\"m\",\"size\":1}");
    }

    @Test
    void formatsAMessageWithBraces() {
        use(INFO, Format.TEXT, Source.HIDDEN);

        logger.log(INFO, "read {0} of {1}", "a", "b");

        assertThat(lines()).contains("msg=\"read a of b\"\n");
    }

    @Test
    void marksAValueWithoutKey() {
        use(INFO, Format.TEXT, Source.HIDDEN);

        logger.log(INFO, "m", "a", 1, "b");

        assertThat(lines()).endsWith("msg=m a=1 !BADKEY=b\n");
    }

    @Test
    void givesAStackTraceToDefectsOnly() {
        use(INFO, Format.TEXT, Source.HIDDEN);

        logger.log(ERROR, "monitor error", new IOException("disk full"));
        logger.log(ERROR, "monitor error", new IllegalStateException("never"));

        assertThat(lines().lines().findFirst().orElseThrow())
                .endsWith("msg=\"monitor error\" error=\"java.io.IOException: disk full\"");
        assertThat(lines()).contains("stack=\"java.lang.IllegalStateException: never\\n\\tat ");
    }

    @Test
    void tellsTheSourceWhenAsked() {
        use(INFO, Format.TEXT, Source.SHOWN);

        logger.log(INFO, "here");

        assertThat(lines()).containsPattern("msg=here source=LineLoggerTest.java:\\d+\n");
    }

    @ParameterizedTest
    @CsvSource({
        "plain,plain",
        "/var/lib/x.db,/var/lib/x.db",
        "a b,'\"a b\"'",
        "a=b,'\"a=b\"'",
        "'',\"\"",
        "é,é",
        "C:\\x,C:\\x"
    })
    void quotesOnlyWhereItMust(String value, String written) {
        assertThat(line(Format.TEXT, Map.of("key", value))).endsWith(" key=" + written);
    }

    @Test
    void quotesControlLettersAndQuotes() {
        assertThat(line(Format.TEXT, Map.of("key", "a\n\"b\""))).endsWith(" key=\"a\\n\\\"b\\\"\"");
    }

    @Test
    void writesTextAsTheOriginalDoes() {
        assertThat(line(Format.TEXT, attributes()))
                .isEqualTo(
                        "time=2026-08-19T10:00:00.000Z level=INFO msg=\"replicating to\" type=file"
                                + " sync-interval=1s ok=true");
    }

    @Test
    void writesJsonAsTheOriginalDoes() {
        assertThat(line(Format.JSON, attributes()))
                .isEqualTo(
                        "{\"time\":\"2026-08-19T10:00:00Z\",\"level\":\"INFO\",\"msg\":\"replicating"
                            + " to\",\"type\":\"file\",\"sync-interval\":1000000000,\"ok\":true}");
    }

    @Test
    void writesShortLinesForPeople() {
        assertThat(line(Format.PRETTY, attributes()))
                .isEqualTo("10:00:00 INFO  replicating to type=file sync-interval=1s ok=true");
    }

    private static Map<String, Object> attributes() {
        Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("type", "file");
        attributes.put("sync-interval", Duration.ofSeconds(1));
        attributes.put("ok", true);
        return attributes;
    }

    private static String line(Format format, Map<String, Object> attributes) {
        return new LineFormat(format, ZoneOffset.UTC)
                .write(
                        new LogLine(
                                Instant.parse("2026-08-19T10:00:00Z"),
                                INFO,
                                "replicating to",
                                attributes));
    }

    private void use(System.Logger.Level level, Format format, Source source) {
        LogOutput.use(
                new LogOutput(
                        new LoggingConfiguration(level, format, Stream.OUTPUT, source),
                        new PrintStream(bytes, true, StandardCharsets.UTF_8),
                        Clock.system()));
    }

    private String lines() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}

package io.litestream.cli.flag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.List;

class FlagSetTest {

    private static final Flag CONFIG = Flag.text("config", "PATH", "");
    private static final Flag JSON = Flag.toggle("json", "");
    private static final Flag PARALLELISM = Flag.integer("parallelism", "N", "");
    private static final Flag INTERVAL = Flag.duration("follow-interval", "DURATION", "");
    private static final FlagSet FLAGS = new FlagSet(CONFIG, JSON, PARALLELISM, INTERVAL);

    @ParameterizedTest
    @ValueSource(strings = {"-config x", "-config=x", "--config x", "--config=x"})
    void takesAValueInEachFormOfGo(String line) throws Exception {
        assertThat(parse(line).text(CONFIG)).contains("x");
    }

    @ParameterizedTest
    @CsvSource({
        "-json,true",
        "--json,true",
        "-json=true,true",
        "-json=1,true",
        "-json=T,true",
        "-json=false,false",
        "-json=0,false",
        "-json=F,false",
        "'',false",
        "-json -json=false,false"
    })
    void takesTheValueOfASwitchOnlyBehindAnEqualsSign(String line, boolean on) throws Exception {
        assertThat(parse(line).isOn(JSON)).isEqualTo(on);
    }

    @Test
    void leavesTheWordBehindASwitchAlone() throws Exception {
        Arguments arguments = parse("-json false");

        assertThat(arguments.isOn(JSON)).isTrue();
        assertThat(arguments.operands()).containsExactly("false");
    }

    @Test
    void stopsAtTheFirstOperand() throws Exception {
        Arguments arguments = parse("-json db -config x");

        assertThat(arguments.has(CONFIG)).isFalse();
        assertThat(arguments.operands()).containsExactly("db", "-config", "x");
    }

    @Test
    void stopsBehindTwoDashesAndAtOne() throws Exception {
        assertThat(parse("-json -- -config x").operands()).containsExactly("-config", "x");
        assertThat(parse("-json - -config").operands()).containsExactly("-", "-config");
    }

    @Test
    void takesAValueThatBeginsWithADash() throws Exception {
        assertThat(parse("-config -json").text(CONFIG)).contains("-json");
        assertThat(parse("-parallelism -5").integer(PARALLELISM, 8)).isEqualTo(-5);
    }

    @Test
    void keepsWhatFollowsTheFirstEqualsSign() throws Exception {
        assertThat(parse("-config=a=b").text(CONFIG)).contains("a=b");
        assertThat(parse("-config=").text(CONFIG)).isEmpty();
        assertThat(parse("-config=").has(CONFIG)).isTrue();
    }

    @Test
    void takesTheLastOfSeveral() throws Exception {
        assertThat(parse("-config a -config b").text(CONFIG)).contains("b");
    }

    @Test
    void readsNumbersAndDurations() throws Exception {
        Arguments arguments = parse("-parallelism 3 -follow-interval 1m30s");

        assertThat(arguments.integer(PARALLELISM, 8)).isEqualTo(3);
        assertThat(arguments.duration(INTERVAL, Duration.ZERO)).isEqualTo(Duration.ofSeconds(90));
        assertThat(parse("").integer(PARALLELISM, 8)).isEqualTo(8);
        assertThat(parse("").duration(INTERVAL, Duration.ofSeconds(1)))
                .isEqualTo(Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @CsvSource({
        "-confg x,flag provided but not defined: -confg (did you mean -config?)",
        "-conf x,flag provided but not defined: -conf (did you mean -config?)",
        "-jsonx,flag provided but not defined: -jsonx (did you mean -json?)",
        "-j,flag provided but not defined: -j (did you mean -json?)",
        "--xon=1,flag provided but not defined: -xon (did you mean -json?)",
        "-config,flag needs an argument: -config",
        "---config x,bad flag syntax: ---config",
        "-=x,bad flag syntax: -=x",
        "-json=maybe,'invalid value \"maybe\" for flag -json: expected true or false'",
        "-parallelism x,'invalid value \"x\" for flag -parallelism: expected a whole number'",
        "-parallelism=,'invalid value \"\" for flag -parallelism: expected a whole number'",
        "-follow-interval 5,'invalid value \"5\" for flag -follow-interval: expected a duration"
                + " such as 1s'"
    })
    void refusesWhatItDoesNotKnow(String line, String message) {
        assertThatThrownBy(() -> parse(line))
                .isInstanceOf(UsageException.WrongFlag.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-h", "-help", "--help", "-json -h"})
    void asksForTheUsage(String line) {
        assertThatThrownBy(() -> parse(line)).isInstanceOf(UsageException.HelpRequested.class);
    }

    @Test
    void namesNoFlagWhereThereIsNone() {
        assertThatThrownBy(() -> new FlagSet().parse(List.of("-x")))
                .hasMessage("flag provided but not defined: -x");
    }

    private static Arguments parse(String line) throws UsageException {
        return FLAGS.parse(line.isEmpty() ? List.of() : List.of(line.split(" ")));
    }
}

package io.litestream.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

class FanOutTest {

    private static final List<Integer> MANY = IntStream.range(0, 1000).boxed().toList();

    @Test
    void givesTheAnswersInTheOrderOfTheQuestions() throws IOException {
        List<Integer> answers = FanOut.all("test", MANY, 8, number -> 2 * number);

        assertThat(answers).isEqualTo(MANY.stream().map(number -> 2 * number).toList());
        assertThat(FanOut.all("test", List.<Integer>of(), 8, number -> number)).isEmpty();
    }

    @Test
    void asksAsManyAtOnceAsTheLimitAllows() throws IOException {
        CountDownLatch together = new CountDownLatch(4);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();

        List<Boolean> met =
                FanOut.all(
                        "test",
                        MANY.subList(0, 40),
                        4,
                        _ -> {
                            most.accumulateAndGet(running.incrementAndGet(), Math::max);
                            together.countDown();
                            boolean all = awaited(together);
                            running.decrementAndGet();
                            return all;
                        });

        assertThat(met).hasSize(40).containsOnly(true);
        assertThat(most).hasValue(4);
    }

    @Test
    void asksNothingMoreAfterAFailureAndThrowsTheFirst() {
        AtomicInteger asked = new AtomicInteger();

        assertThatThrownBy(() ->
                        FanOut.all(
                                "test",
                                MANY,
                                1,
                                number -> {
                                    asked.incrementAndGet();
                                    if (number >= 3) {
                                        throw new IOException("number " + number);
                                    }
                                    return number;
                                }))
                .isInstanceOf(IOException.class)
                .hasMessage("number 3");
        assertThat(asked).hasValue(4);
    }

    private static boolean awaited(CountDownLatch latch) throws IOException {
        try {
            return latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}

package asyncio4j.bridge;

import asyncio4j.EventLoop;

import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;

/** What the stress tests have in common. */
final class Stress {

    private Stress() {}

    /** Takes some time, sometimes none, so that the other side may have come anywhere meanwhile. */
    static void delay() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        for (int turns = random.nextInt(1 << random.nextInt(11)); turns > 0; turns--) {
            Thread.onSpinWait();
        }
    }

    /** Waits until that is so, or the other actor is done. */
    static void await(BooleanSupplier condition, BooleanSupplier done) {
        for (int turns = 1; !condition.getAsBoolean() && !done.getAsBoolean(); turns++) {
            if (turns % 1000 == 0) {
                Thread.yield(); // the other may have no processor
            } else {
                Thread.onSpinWait();
            }
        }
    }

    /** Has the loop do so many iterations, and wait in none. */
    static void turns(EventLoop loop, int number) {
        for (int i = 0; i < number; i++) {
            loop.stop(); // set beforehand: one iteration
            loop.runForever();
        }
    }
}

package asyncio4j.child;

import static java.nio.charset.StandardCharsets.UTF_8;

import asyncio4j.KeyboardInterrupt;

import sun.misc.Signal;
import sun.misc.SignalHandler;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;

/**
 * What the programs of this package have in common: how they talk to the test that started them.
 */
final class Child {

    static final Signal INT = new Signal("INT");

    private static final BufferedReader INPUT =
            new BufferedReader(new InputStreamReader(System.in, UTF_8));

    private Child() {}

    /** A program. */
    interface Body {
        void run() throws Exception;
    }

    /** Runs a program as asyncio4j's users are told to: Ctrl-C is exit status 130. */
    static void run(Body body) throws Exception {
        try {
            body.run();
        } catch (KeyboardInterrupt e) {
            say("KeyboardInterrupt");
            System.exit(130);
        }
        say("end");
    }

    /** Tells the test where the program is. */
    static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    /** Waits for a line from the test. */
    static String hear() {
        try {
            return INPUT.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Says when the JVM ends the way it does by default. */
    static void sayAtShutdown() {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> say("shutdown hook")));
    }

    /** Says each time that the handler that is there now has dealt with a SIGINT. */
    static void sayWhenHandled() {
        SignalHandler[] present = new SignalHandler[1];
        present[0] =
                Signal.handle(
                        INT,
                        signal -> {
                            present[0].handle(signal);
                            say("handled");
                        });
    }

    /** Waits for ever, or for the end of the JVM. */
    static void waitForTheEnd() {
        while (true) {
            try {
                Thread.sleep(Long.MAX_VALUE);
            } catch (InterruptedException e) {
                say("interrupted");
            }
        }
    }
}

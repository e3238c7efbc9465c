package asyncio4j.samples;

import asyncio4j.samples.bar.BarApplication;

/**
 * A Spring WebFlux application whose handlers are straight-line code: a page with a live feed, a
 * form, and a panel of the loop's live tasks.
 */
public final class WebFlux {

    private WebFlux() {}

    public static void main(String[] args) {
        if (args.length > 1 || (args.length == 1 && !args[0].matches("\\d{1,5}"))) {
            System.err.println("usage: samples/run webflux [PORT]     (0, or none: a free one)");
            System.exit(2);
        }
        BarApplication.start(args.length == 0 ? 0 : Integer.parseInt(args[0]));
    }
}

package asyncio4j;

import java.lang.ref.Cleaner;

/**
 * The one cleaner of all loops. Its thread begins with the first object to look after, not with the
 * first loop.
 */
final class Janitor {

    static final Cleaner CLEANER = Cleaner.create();

    private Janitor() {}
}

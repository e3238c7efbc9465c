package asyncio4j.model;

/** Says of a program that it does what the contracts don't settle, such as never to end. */
@SuppressWarnings("serial") // never serialized
final class OutOfScope extends RuntimeException {

    OutOfScope(String why) {
        super(why);
    }
}

package asyncio4j.tck;

/** A verification of something that has one element, or takes one. */
interface OneElement {

    /** Whether {@code check} is run with one element, though the TCK has more in it. */
    boolean isRunWithOne(String check);
}
